#include "unit.h"

#include <stdbool.h>
#include <string.h>

#include "contract/bytes.h"
#include "fixture.h"
#include "format/crc.h"
#include "format/ext_check.h"
#include "format/superblock.h"

#define NOW INT64_C(1800000000)
#define DAY INT64_C(86400)

static uint8_t superblock[EXT_SUPERBLOCK_SIZE];

static void read_superblock(const char *path)
{
    static uint8_t ends[SUPERBLOCK_HEAD_SIZE + SUPERBLOCK_TAIL_SIZE];

    read_fixture(path, ends, sizeof(ends));
    memcpy(superblock, ends + EXT_SUPERBLOCK_OFFSET, sizeof(superblock));
}

static void read_ext4(void)
{
    read_superblock("tests/data/superblock/ext4.gz");
}

static void seal(void)
{
    put_le32(superblock + 1020, crc32c(~0u, superblock, 1020));
}

static void set_32(size_t offset, uint32_t value)
{
    put_le32(superblock + offset, value);
    seal();
}

static void set_16(size_t offset, uint16_t value)
{
    superblock[offset] = (uint8_t)value;
    superblock[offset + 1] = (uint8_t)(value >> 8);
    seal();
}

static void set_8(size_t offset, uint8_t value)
{
    superblock[offset] = value;
    seal();
}

static void assert_due_at(int64_t now, const char *expected)
{
    const char *why = NULL;

    if (!ext_check_due(superblock, now, &why))
        fail_msg("not due, but expected: %s", expected);
    assert_string_equal(why, expected);
}

static void assert_due(const char *expected)
{
    assert_due_at(NOW, expected);
}

static void assert_not_due_at(int64_t now)
{
    const char *why = NULL;

    if (ext_check_due(superblock, now, &why))
        fail_msg("due: %s", why);
    assert_null(why);
}

static void assert_not_due(void)
{
    assert_not_due_at(NOW);
}

static void a_new_file_system_is_clean(void **state)
{
    static const char *const names[] = {"ext2", "ext3", "ext4", "ext4-no-checksum"};
    char path[64];

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        snprintf(path, sizeof(path), "tests/data/superblock/%s.gz", names[i]);
        read_superblock(path);
        assert_not_due();
    }
}

static void the_graver_reason_is_told(void **state)
{
    (void)state;
    read_ext4();
    set_16(54, 1);
    set_16(52, 1);
    assert_due("was mounted too often without a check");
    set_32(232, 12);
    assert_due("has deleted files to clean up");
    set_16(58, 0);
    assert_due("was not cleanly unmounted");
    set_16(58, 3);
    assert_due("recorded errors");
    set_32(96, get_le32(superblock + 96) | 4);
    assert_due("has a journal to replay");
    set_32(96, get_le32(superblock + 96) | 0x80000000);
    assert_due("has features that are unknown here");
    superblock[500] ^= 1;
    assert_due("has a damaged superblock");
}

static void mounts_are_counted_when_asked(void **state)
{
    (void)state;
    read_ext4();
    set_16(52, 0xffff);
    set_16(54, 0xffff); /* -1 */
    assert_not_due();
    set_16(54, 0);
    assert_not_due();
    set_16(54, 30);
    set_16(52, 29);
    assert_not_due();
    set_16(52, 30);
    assert_due("was mounted too often without a check");
}

static void set_times(int64_t interval, int64_t last_check, int64_t last_mount, int64_t last_write)
{
    read_ext4();
    put_le32(superblock + 68, (uint32_t)interval);
    put_le32(superblock + 64, (uint32_t)last_check);
    superblock[631] = (uint8_t)(last_check >> 32);
    put_le32(superblock + 44, (uint32_t)last_mount);
    superblock[629] = (uint8_t)(last_mount >> 32);
    put_le32(superblock + 48, (uint32_t)last_write);
    superblock[628] = (uint8_t)(last_write >> 32);
    seal();
}

static void times_count_when_asked(void **state)
{
    (void)state;
    set_times(0, NOW + 9 * DAY, NOW + 9 * DAY, NOW + 9 * DAY);
    assert_not_due();
    set_times(10 * DAY, NOW - 10 * DAY + 1, NOW, NOW);
    assert_not_due();
    set_times(10 * DAY, NOW - 10 * DAY, NOW, NOW);
    assert_due("was not checked for too long");
    set_times(10 * DAY, NOW + DAY, NOW, NOW);
    assert_not_due();
    set_times(DAY / 24, NOW + 1, NOW, NOW); /* a day earlier, if the clock ran on local time then */
    assert_due("was not checked for too long");
    set_times(10 * DAY, NOW + DAY + 1, NOW, NOW);
    assert_due("has times in the future");
    set_times(10 * DAY, NOW, NOW + 1, NOW);
    assert_due("has times in the future");
    set_times(10 * DAY, NOW, NOW, NOW + 1);
    assert_due("has times in the future");
}

/* A machine without a clock starts in 1970: no reason to check each time. */
static void a_clock_that_is_not_set_does_not_count(void **state)
{
    (void)state;
    set_times(10 * DAY, NOW, NOW, NOW);
    assert_not_due_at(0);
    assert_not_due_at(1262321999);
    assert_due_at(1262322000, "has times in the future");
}

static void times_have_forty_bits(void **state)
{
    const int64_t late = INT64_C(5000000000); /* in 2128 */

    (void)state;
    set_times(10 * DAY, late - DAY, late - DAY, late - DAY);
    assert_not_due_at(late);
    assert_due_at(NOW, "has times in the future");
    set_times(10 * DAY, late - 10 * DAY, late - DAY, late - DAY);
    assert_due_at(late, "was not checked for too long");
}

static void what_e2fsck_touches_is_due(void **state)
{
    (void)state;
    read_ext4();
    set_32(96, get_le32(superblock + 96) | 0x100);
    assert_due("is protected against multiple mounts");
    read_ext4();
    set_32(100, get_le32(superblock + 100) | 0x10000);
    assert_due("has deleted files to clean up");
    read_ext4();
    set_32(224, 0);
    assert_due("has an unusual journal");
    read_ext4();
    set_8(223, 1);
    assert_due("has an unusual journal");
    read_ext4();
    set_32(352, 0);
    assert_due("has small flaws in its superblock");
    read_ext4();
    set_32(100, get_le32(superblock + 100) | 0x10);
    assert_due("has small flaws in its superblock");
    read_ext4();
    set_32(96, get_le32(superblock + 96) & ~0x40u);
    assert_due("has small flaws in its superblock");
}

/* Right checksum, wrong numbers. */
static void nonsense_is_damage(void **state)
{
    static const struct {
        size_t offset;
        uint8_t value;
    } nonsense[] = {{0, 1}, {6, 1}, {7, 0xff}, {11, 0xff}, {15, 0xff}, {19, 0xff}, {20, 7}, {24, 7}, {28, 9}, {32, 7},
        {36, 7}, {40, 7}, {35, 0xff}, {39, 0xff}, {84, 3}, {88, 3}, {89, 0xff}, {254, 3}, {348, 2}, {348, 0xff},
        {350, 0xff}, {350, 5}};
    static uint8_t intact[EXT_SUPERBLOCK_SIZE];

    (void)state;
    read_ext4();
    memcpy(intact, superblock, sizeof(intact));
    for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
        const char *why = "";

        memcpy(superblock, intact, sizeof(intact));
        set_8(nonsense[i].offset, nonsense[i].value);
        if (!ext_check_due(superblock, NOW, &why) || strcmp(why, "has a damaged superblock") != 0)
            fail_msg("%u at %zu: %s", nonsense[i].value, nonsense[i].offset, why);
    }
}

static void zeros_are_damage(void **state)
{
    (void)state;
    memset(superblock, 0, sizeof(superblock));
    assert_due("has a damaged superblock");
    memset(superblock, 0xff, sizeof(superblock));
    assert_due("has a damaged superblock");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_file_system_is_clean),
        cmocka_unit_test(the_graver_reason_is_told),
        cmocka_unit_test(mounts_are_counted_when_asked),
        cmocka_unit_test(times_count_when_asked),
        cmocka_unit_test(a_clock_that_is_not_set_does_not_count),
        cmocka_unit_test(times_have_forty_bits),
        cmocka_unit_test(what_e2fsck_touches_is_due),
        cmocka_unit_test(nonsense_is_damage),
        cmocka_unit_test(zeros_are_damage),
    };

    return RUN_TESTS(tests);
}
