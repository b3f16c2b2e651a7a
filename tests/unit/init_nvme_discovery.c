#include "unit.h"

#include <string.h>

#include "root/nvme_discovery.h"

#define NQN "nqn.2014-08.org.example:root"

static uint8_t page[NVME_DISCOVERY_LOG_SIZE];
static struct nvme_discovered found;

/* An entry as NVM Express over Fabrics 1.1, figure 34, has it. */
static void set_entry(
    size_t number, uint8_t transport, uint8_t type, const char *port, const char *nqn, const char *address)
{
    uint8_t *entry = page + 1024 * (number + 1);

    memset(entry, 0, 1024);
    entry[0] = transport;
    entry[2] = type;
    memset(entry + 32, ' ', 32);
    memcpy(entry + 32, port, strlen(port));
    memcpy(entry + 256, nqn, strlen(nqn));
    memset(entry + 512, ' ', 256);
    memcpy(entry + 512, address, strlen(address));
}

static int begin(void **state)
{
    (void)state;
    memset(page, 0, sizeof(page));
    return 0;
}

static void those_by_tcp_are_found(void **state)
{
    size_t at = 0;

    (void)state;
    page[8] = 4;
    set_entry(0, 1, 2, "4420", "nqn.by-rdma", "10.0.2.2");
    set_entry(1, 3, 2, "4420", NQN, "10.0.2.2");
    set_entry(2, 3, 1, "8009", "nqn.another-discovery", "10.0.2.2");
    set_entry(3, 3, 2, "4421", "nqn.second", "2001:db8::2");
    set_entry(4, 3, 2, "4420", "nqn.behind-the-count", "10.0.2.2");
    assert_true(nvme_discovery_next(page, sizeof(page), &at, &found));
    assert_string_equal(found.nqn, NQN);
    assert_string_equal(found.address, "10.0.2.2");
    assert_string_equal(found.port, "4420");
    assert_true(nvme_discovery_next(page, sizeof(page), &at, &found));
    assert_string_equal(found.nqn, "nqn.second");
    assert_string_equal(found.address, "2001:db8::2");
    assert_false(nvme_discovery_next(page, sizeof(page), &at, &found));
}

static void what_would_say_more_to_the_kernel(void **state)
{
    size_t at = 0;

    (void)state;
    page[8] = 5;
    set_entry(0, 3, 2, "4420", "nqn.x,hostnqn=y", "10.0.2.2");
    set_entry(1, 3, 2, "4420", "nqn.x", "10.0.2.2,transport=rdma");
    set_entry(2, 3, 2, "4420\n", "nqn.x", "10.0.2.2");
    set_entry(3, 3, 2, "", "nqn.x", "10.0.2.2");
    set_entry(4, 3, 2, "123456789", "nqn.x", "10.0.2.2");
    assert_false(nvme_discovery_next(page, sizeof(page), &at, &found));
}

static void a_liar_about_lengths(void **state)
{
    size_t at = 0, count = 0;

    (void)state;
    memset(page + 8, 0xff, 8);
    for (size_t i = 0; i < 15; i++)
        set_entry(i, 3, 2, "4420", "nqn.x", "10.0.2.2");
    while (nvme_discovery_next(page, sizeof(page), &at, &found))
        count++;
    assert_int_equal(count, 15);
    at = 0;
    assert_false(nvme_discovery_next(page, 1023, &at, &found));
    assert_false(nvme_discovery_next(page, 2047, &at, &found));
    memset(page + 1024 + 256, 'n', 256); /* a name without end */
    assert_false(nvme_discovery_next(page, 2048, &at, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(those_by_tcp_are_found, begin),
        cmocka_unit_test_setup(what_would_say_more_to_the_kernel, begin),
        cmocka_unit_test_setup(a_liar_about_lengths, begin),
    };

    return RUN_TESTS(tests);
}
