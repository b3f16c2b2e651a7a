/* What the superblock of dm-integrity tells. */
#include "unit.h"

#include <string.h>

#include "format/integrity.h"
#include "format/superblock.h"

/* The fields of one that integritysetup(8) has the kernel write for 4-byte tags and blocks of 4 KiB; no tool writes one
 * without the kernel. */
static const uint8_t whole[INTEGRITY_SUPERBLOCK_SIZE] = {
    'i', 'n', 't', 'e', 'g', 'r', 't', 0, 4, 15, 4, 0, 11, 0, 0, 0, 0, 0xf0, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0, 3, 0};

static void test_fields(void **state)
{
    uint8_t bytes[INTEGRITY_SUPERBLOCK_SIZE];
    struct integrity_superblock found;

    (void)state;
    memcpy(bytes, whole, sizeof(bytes));
    assert_true(integrity_superblock_read(bytes, &found));
    assert_int_equal(found.tag_size, 4);
    assert_int_equal(found.block_size, 4096);
    assert_int_equal(found.sectors, 0x1f000);
    assert_true(found.has_journal);
    bytes[24] |= 4;
    assert_true(integrity_superblock_read(bytes, &found));
    assert_false(found.has_journal);
}

static void test_damage(void **state)
{
    static const struct {
        size_t at;
        uint8_t byte;
    } damages[] = {{0, 'I'}, {7, 1}, {8, 0}, {8, 7}, {28, 4}};
    uint8_t bytes[INTEGRITY_SUPERBLOCK_SIZE];
    struct integrity_superblock found;

    (void)state;
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        memcpy(bytes, whole, sizeof(bytes));
        bytes[damages[i].at] = damages[i].byte;
        assert_false(integrity_superblock_read(bytes, &found));
    }
    memcpy(bytes, whole, sizeof(bytes));
    memset(bytes + 16, 0, 8);
    assert_false(integrity_superblock_read(bytes, &found));
}

static void test_it_is_recognised(void **state)
{
    static uint8_t head[4096];
    struct device_view view = {.head = head, .head_size = sizeof(head), .device_size = 64 << 20};
    struct superblock found;

    (void)state;
    memcpy(head, whole, sizeof(whole));
    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_string_equal(found.type, INTEGRITY_TYPE);
    assert_int_equal(found.usage, SUPERBLOCK_MEMBER);
    view.head_size = INTEGRITY_SUPERBLOCK_SIZE - 1;
    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_null(found.type);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fields),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_it_is_recognised),
    };

    return RUN_TESTS(tests);
}
