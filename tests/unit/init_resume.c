#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files of a directory are read through the page cache. */
#undef O_DIRECT
#define O_DIRECT 0
#include "root/resume.c" /* NOLINT */

/* The mark of a device with this signature at the end of a page of that size, `offset` bytes into it. */
static enum mark mark_of(const char *signature, size_t page, size_t offset, uint64_t pages)
{
    struct block_device device = {.path = "/tmp/kindling-resume-XXXXXX"};
    int fd = mkstemp(device.path);
    enum mark mark;

    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, 1 << 20), 0);
    assert_int_equal(
        pwrite(fd, signature, strlen(signature), (off_t)(offset + page - SIGNATURE_SIZE)), (ssize_t)strlen(signature));
    close(fd);
    mark = read_mark(&device, pages);
    unlink(device.path);
    return mark;
}

static void the_mark_is_at_the_end_of_a_page_of_whoever_wrote_it(void **state)
{
    size_t own = (size_t)sysconf(_SC_PAGESIZE);

    (void)state;
    for (size_t page = SMALLEST_PAGE; page <= LARGEST_PAGE; page *= 2) {
        assert_int_equal(mark_of("S1SUSPEND", page, 0, 0), page == own ? MARK_KERNEL : MARK_OTHER_PAGES);
        assert_int_equal(mark_of("ULSUSPEND", page, 0, 0), MARK_OTHER);
        assert_int_equal(mark_of("SWAPSPACE2", page, 0, 0), MARK_NONE);
        assert_int_equal(mark_of("S1SUSPEND", page, 3 * own, 3), page == own ? MARK_KERNEL : MARK_OTHER_PAGES);
    }
    assert_int_equal(mark_of("S1SUSPEND", own, own, 3), MARK_NONE);
}

static void a_device_may_be_smaller(void **state)
{
    struct block_device device = {.path = "/tmp/kindling-resume-XXXXXX"};
    size_t own = (size_t)sysconf(_SC_PAGESIZE);
    int fd = mkstemp(device.path);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, "S1SUSPEND", SIGNATURE_SIZE, (off_t)(own - SIGNATURE_SIZE)), SIGNATURE_SIZE);
    close(fd);
    assert_int_equal(read_mark(&device, 0), MARK_KERNEL);
    assert_int_equal(read_mark(&device, 1), MARK_NONE);
    unlink(device.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mark_is_at_the_end_of_a_page_of_whoever_wrote_it),
        cmocka_unit_test(a_device_may_be_smaller),
    };

    return RUN_TESTS(tests);
}
