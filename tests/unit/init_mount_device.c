#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fixture.h"
#include "root/mount_device.h"
#include "system/failure.h"

#define MEMBER_SIZE 200704u

static struct block_device device = {.path = "/tmp/kindling-member-XXXXXX"};

static int remove_member(void **state)
{
    (void)state;
    return unlink(device.path);
}

/* Whether it was read before, or is read only now, as after a change of the device. */
static void a_member_and_what_it_belongs_to(void **state)
{
    static struct boot boot;
    uint8_t *bytes = malloc(MEMBER_SIZE);
    int fd = mkstemp(device.path);

    (void)state;
    assert_non_null(bytes);
    assert_true(fd >= 0);
    read_fixture("tests/data/superblock/md-1.2.gz", bytes, MEMBER_SIZE);
    assert_int_equal(write(fd, bytes, MEMBER_SIZE), MEMBER_SIZE);
    close(fd);
    free(bytes);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(mount_check_claim(&boot, &device, NULL), -EIO);
        if (!strstr(failure_sentence(), ": there is a member of an md RAID array on it (ember:root, UUID="))
            fail_msg("%s", failure_sentence());
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_member_and_what_it_belongs_to, remove_member),
    };

    return RUN_TESTS(tests);
}
