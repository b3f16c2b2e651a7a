#include "unit.h"

#include <errno.h>

#include "kernel/depmod_trie.h"

#define HEADER 0xb0, 0x07, 0xf4, 0x57, 0, 2, 0, 1

static void reads_nodes_in_any_order(void **state)
{
    static const uint8_t bytes[] = {HEADER, 0x20, 0, 0, 17,
        /* 12: nothing */ 0, 0, 0, 0, 0,
        /* 17: the root */ 'a', 'b', 0x40, 0, 0, 27, 0x40, 0, 0, 38,
        /* 27: "a", behind its parent */ 0, 0, 0, 1, 0, 0, 0, 0, 'o', 'n', 0,
        /* 38: "b" */ 0, 0, 0, 1, 0, 0, 0, 0, 'u', 'p', 0};
    struct string_list values = {0};

    (void)state;
    assert_int_equal(depmod_trie_read(bytes, sizeof(bytes), &values), 0);
    assert_int_equal(values.count, 2);
    assert_string_equal(values.items[0], "on");
    assert_string_equal(values.items[1], "up");
    string_list_free(&values);
}

static void refuses_a_circle(void **state)
{
    static const uint8_t bytes[] = {HEADER, 0x20, 0, 0, 12, 'a', 'a', 0x20, 0, 0, 12};

    (void)state;
    assert_int_equal(depmod_trie_read(bytes, sizeof(bytes), NULL), -EBADMSG);
}

/* What is short would have many values. */
static void refuses_a_node_with_many_parents(void **state)
{
    uint8_t bytes[18 + 256 * 4 + 4 + 100 * 6] = {HEADER, 0x20, 0, 0, 12, 0, 255};
    size_t list = 14 + 256 * 4;
    struct string_list values = {0};

    (void)state;
    for (size_t i = 0; i < 256; i++) {
        bytes[14 + i * 4] = 0x40;
        bytes[14 + i * 4 + 2] = (uint8_t)(list >> 8);
        bytes[14 + i * 4 + 3] = (uint8_t)list;
    }
    bytes[list + 3] = 100;
    for (size_t i = 0; i < 100; i++)
        bytes[list + 4 + i * 6 + 4] = 'v';
    assert_int_equal(depmod_trie_read(bytes, sizeof(bytes), &values), -EBADMSG);
    assert_true(values.count < sizeof(bytes));
    string_list_free(&values);
}

static void refuses_a_root_beyond_the_end(void **state)
{
    static const uint8_t bytes[] = {HEADER, 0x20, 0, 1, 12, 'a', 'a', 0, 0, 0, 0};

    (void)state;
    assert_int_equal(depmod_trie_read(bytes, sizeof(bytes), NULL), -EBADMSG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_nodes_in_any_order),
        cmocka_unit_test(refuses_a_circle),
        cmocka_unit_test(refuses_a_node_with_many_parents),
        cmocka_unit_test(refuses_a_root_beyond_the_end),
    };

    return RUN_TESTS(tests);
}
