#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "contract/bytes.h"
#include "fixture.h"
#include "format/partition.h"
#include "format/partition_growth.h"

/* The fixtures of init_partition.c, on disks that became larger. In the GPTs the partition 9 is the last, with 1,024
 * sectors from 6,144 on; partitions 1 and 2 lie before it. */
#define FIXTURES "tests/data/partition/"
#define ENTRIES_AT 1024
#define HEADER_AT 512

static uint8_t *disk;
static uint64_t disk_size;
static uint32_t sector_size;
static struct partition_growth growth;

static void make_disk(const char *name, uint32_t sector, uint64_t size)
{
    char path[128];

    free(disk);
    disk = calloc(1, size);
    assert_non_null(disk);
    disk_size = size;
    sector_size = sector;
    snprintf(path, sizeof(path), FIXTURES "%s.gz", name);
    read_fixture(path, disk, PARTITION_TABLE_SIZE);
}

/* size: of the disk, if it were another than is in memory. */
static enum partition_room plan_for(uint64_t size, uint32_t number)
{
    struct device_range wanted = {0};
    struct device_view view = {.head = disk,
        .head_size = PARTITION_TABLE_SIZE,
        .tail = disk + disk_size - PARTITION_TAIL_SIZE,
        .tail_size = PARTITION_TAIL_SIZE,
        .device_size = size,
        .wanted = &wanted};
    enum partition_room room = partition_growth_plan(&view, sector_size, number, &growth);

    if (wanted.size == 0 || wanted.offset + wanted.size > disk_size)
        return room;
    view.more = disk + wanted.offset;
    view.at = wanted;
    return partition_growth_plan(&view, sector_size, number, &growth);
}

static enum partition_room plan(uint32_t number)
{
    return plan_for(disk_size, number);
}

static void write_all(const struct partition_growth *steps)
{
    for (size_t i = 0; i < steps->write_count; i++) {
        assert_true(steps->writes[i].offset + steps->writes[i].size <= disk_size);
        memcpy(disk + steps->writes[i].offset, steps->writes[i].bytes, steps->writes[i].size);
    }
}

static void seal_gpt(void)
{
    put_le32(disk + HEADER_AT + 88, libdeflate_crc32(0, disk + ENTRIES_AT, 16384));
    put_le32(disk + HEADER_AT + 16, 0);
    put_le32(disk + HEADER_AT + 16, libdeflate_crc32(0, disk + HEADER_AT, get_le32(disk + HEADER_AT + 12)));
}

/* As the kernel takes the primary GPT, and every tool the backup. */
static void assert_both_tables_are_valid(void)
{
    struct device_view view = {.head = disk,
        .head_size = PARTITION_TABLE_SIZE,
        .tail = disk + disk_size - PARTITION_TAIL_SIZE,
        .tail_size = PARTITION_TAIL_SIZE,
        .device_size = disk_size};
    struct partition found;

    for (uint32_t number = 1; number <= 9; number += number == 2 ? 7 : 1) {
        assert_int_equal(partition_find(&view, sector_size, number, &found), 0);
        assert_int_equal(partition_find_backup(&view, sector_size, number, &found), 0);
    }
    assert_string_equal(found.label, "123456789012345678901234567890123456");
}

static void assert_gpt_grows(const char *name, uint32_t sector, uint64_t size)
{
    uint8_t old[PARTITION_TABLE_SIZE];
    const uint64_t usable = size - sector - 16384;
    const uint8_t *header;

    make_disk(name, sector, size);
    memcpy(old, disk, sizeof(old));
    assert_int_equal(plan(9), PARTITION_ROOM_SOME);
    assert_true(growth.start == (uint64_t)sector * 6144 && growth.size == (uint64_t)sector * 1024);
    assert_true(growth.start + growth.new_size == usable / 4096 * 4096);
    write_all(&growth);
    assert_both_tables_are_valid();
    header = disk + sector;
    assert_true(get_le64(header + 32) == size / sector - 1);         /* the backup's header */
    assert_true(get_le64(header + 48) == usable / sector - 1);       /* the last usable sector */
    assert_true(get_le64(header + 72) == 2);                         /* the entries are home again */
    assert_true(get_le32(disk + 446 + 12) == size / sector - 1);     /* the protective entry */
    assert_memory_equal(header + 40, old + sector + 40, 8);          /* the first usable sector */
    assert_memory_equal(header + 56, old + sector + 56, 16);         /* the disk's UUID */
    assert_memory_equal(header + sector, old + 2 * sector, 8 * 128); /* the other entries */
    assert_int_equal(plan(9), PARTITION_ROOM_NONE);
    assert_int_equal(growth.write_count, 0);
    assert_true(growth.new_size == growth.size);
}

static void the_last_partition_of_a_gpt_grows(void **state)
{
    (void)state;
    assert_gpt_grows("gpt", 512, UINT64_C(20) << 20);
    assert_gpt_grows("gpt", 512, (UINT64_C(20) << 20) + 512);
    assert_gpt_grows("gpt", 512, UINT64_C(16) << 20); /* the disk is as it was, and the partition does not fill it */
    assert_gpt_grows("gpt-4k", 4096, UINT64_C(66) << 20);
}

static void assert_is_refused(uint32_t number, enum partition_room expected)
{
    assert_int_equal(plan(number), expected);
    assert_int_equal(growth.write_count, 0);
}

static void what_is_not_last_stays(void **state)
{
    (void)state;
    make_disk("gpt", 512, 20 << 20);
    assert_is_refused(1, PARTITION_ROOM_NOT_ITS);
    assert_is_refused(2, PARTITION_ROOM_NOT_ITS);
    assert_is_refused(3, PARTITION_ROOM_INCONSISTENT);
    assert_is_refused(129, PARTITION_ROOM_INCONSISTENT);
    assert_is_refused(0, PARTITION_ROOM_INCONSISTENT);
}

/* The partition ends at 7,168 sectors, and 33 are the backup's. */
static void less_than_a_mebibyte_is_not_worth_it(void **state)
{
    const uint64_t end = 7168 + 33;

    (void)state;
    make_disk("gpt", 512, 20 << 20);
    put_le64(disk + HEADER_AT + 48, 7167);
    seal_gpt();
    assert_int_equal(plan_for((end + 2048 + 7) * 512, 9), PARTITION_ROOM_SOME);
    assert_int_equal(plan_for((end + 2047) * 512, 9), PARTITION_ROOM_NONE);
    assert_int_equal(plan_for((end + 8) * 512, 9), PARTITION_ROOM_NONE);
    assert_int_equal(plan_for(end * 512, 9), PARTITION_ROOM_NONE);
    assert_int_equal(plan_for((end + 2047) * 512, 1), PARTITION_ROOM_NONE);
    assert_int_equal(plan_for(7167 * 512, 9), PARTITION_ROOM_INCONSISTENT);
}

static void a_gpt_that_contradicts_itself_is_left_alone(void **state)
{
    static const struct {
        size_t at;
        uint64_t value;
    } lies[] = {
        {ENTRIES_AT + 8 * 128 + 32, 5000},       /* begins within partition 2 */
        {ENTRIES_AT + 8 * 128 + 40, 6000},       /* ends before it begins */
        {ENTRIES_AT + 8 * 128 + 40, UINT64_MAX}, /* ends nowhere */
        {ENTRIES_AT + 40, 50000},                /* another one ends behind the disk */
        {ENTRIES_AT + 32, 3},                    /* another one begins in the table */
        {HEADER_AT + 48, 7000},                  /* it is behind the last usable sector */
        {HEADER_AT + 48, UINT64_MAX},            /* which is behind the disk */
        {HEADER_AT + 40, 7000},                  /* it is before the first usable one */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        make_disk("gpt", 512, 20 << 20);
        put_le64(disk + lies[i].at, lies[i].value);
        seal_gpt();
        assert_is_refused(9, PARTITION_ROOM_INCONSISTENT);
    }
    for (size_t at = 0; at < 4; at++) {
        static const size_t broken[] = {HEADER_AT + 8, HEADER_AT + 60, ENTRIES_AT, ENTRIES_AT + 16383};

        make_disk("gpt", 512, 20 << 20);
        disk[broken[at]] ^= 1;
        assert_is_refused(9, PARTITION_ROOM_INCONSISTENT);
    }
    make_disk("gpt", 512, 20 << 20);
    memset(disk, 0, 512);
    assert_is_refused(9, PARTITION_ROOM_INCONSISTENT);
}

static void unusual_tables_are_left_alone(void **state)
{
    (void)state;
    make_disk("gpt", 512, 20 << 20);
    disk[446 + 16 + 4] = 0x83;
    assert_is_refused(9, PARTITION_ROOM_HYBRID);
    make_disk("gpt-256", 512, 20 << 20);
    assert_is_refused(256, PARTITION_ROOM_UNUSUAL);
    make_disk("gpt-1024", 512, 20 << 20);
    assert_is_refused(9, PARTITION_ROOM_UNUSUAL); /* the rest of them is not in the fixture */
    make_disk("gpt-moved", 512, 20 << 20);
    read_fixture(FIXTURES "gpt-moved.more.gz", disk + 1000 * 512, 16384);
    assert_is_refused(9, PARTITION_ROOM_UNUSUAL);
}

static void odd_disks_are_left_alone(void **state)
{
    static const uint32_t sizes[] = {0, 1, 511, 513, 3072, 8192, UINT32_MAX};

    (void)state;
    make_disk("gpt", 512, 20 << 20);
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        sector_size = sizes[i];
        assert_is_refused(9, PARTITION_ROOM_INCONSISTENT);
    }
    sector_size = 512;
    assert_int_equal(plan_for(PARTITION_GROWTH_LEAST - 512, 9), PARTITION_ROOM_INCONSISTENT);
}

/* The fixture's extended partition made an ordinary one, so that the fourth is the last and none is logical. */
static void make_mbr(uint64_t size)
{
    make_disk("mbr", 512, size);
    disk[446 + 16 + 4] = 0x83;
}

static void the_last_partition_of_an_mbr_grows(void **state)
{
    const uint64_t size = UINT64_C(70) << 20;
    uint8_t old[512];

    (void)state;
    make_mbr(size);
    memcpy(old, disk, sizeof(old));
    assert_int_equal(plan(4), PARTITION_ROOM_SOME);
    assert_int_equal(growth.write_count, 1);
    write_all(&growth);
    assert_true(get_le32(disk + 446 + 48 + 8) == 90112);
    assert_true(get_le32(disk + 446 + 48 + 12) == (size / 512 - 33) / 8 * 8 - 90112);
    assert_memory_equal(disk, old, 446 + 48 + 5); /* what is before its end */
    assert_memory_equal(disk + 510, old + 510, 2);
    assert_int_equal(plan(4), PARTITION_ROOM_NONE);
    assert_is_refused(1, PARTITION_ROOM_NONE);
    make_mbr(size);
    assert_is_refused(1, PARTITION_ROOM_NOT_ITS);
    assert_is_refused(3, PARTITION_ROOM_INCONSISTENT);
    assert_is_refused(5, PARTITION_ROOM_INCONSISTENT);
}

static void extended_partitions_are_left_alone(void **state)
{
    (void)state;
    make_disk("mbr", 512, 70 << 20);
    assert_is_refused(4, PARTITION_ROOM_EXTENDED);
    assert_is_refused(6, PARTITION_ROOM_EXTENDED);
    assert_is_refused(1, PARTITION_ROOM_NOT_ITS);
    assert_int_equal(plan_for((90112 + 4096 + 100) * 512, 4), PARTITION_ROOM_NONE);
}

static void an_mbr_that_contradicts_itself_is_left_alone(void **state)
{
    static const struct {
        size_t at;
        uint32_t value;
    } lies[] = {
        {446 + 48 + 8, 5000},      /* begins within the first */
        {446 + 48 + 8, 0},         /* lies over the table */
        {446 + 48 + 12, 1u << 20}, /* ends behind the disk */
        {446 + 8, 0},              /* another one lies over the table */
        {446 + 12, UINT32_MAX},    /* another one ends behind the disk */
    };

    (void)state;
    for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
        make_mbr(70 << 20);
        put_le32(disk + lies[i].at, lies[i].value);
        assert_is_refused(4, PARTITION_ROOM_INCONSISTENT);
    }
}

static void an_mbr_ends_at_2_tebibytes(void **state)
{
    (void)state;
    make_mbr(70 << 20);
    assert_int_equal(plan_for(UINT64_C(3) << 40, 4), PARTITION_ROOM_SOME);
    assert_true(growth.start + growth.new_size <= UINT64_C(2) << 40);
    assert_true(growth.start + growth.new_size > (UINT64_C(2) << 40) - 8192);
    put_le32(disk + 446 + 48 + 12, (uint32_t)(growth.new_size / 512));
    assert_int_equal(plan_for(UINT64_C(3) << 40, 4), PARTITION_ROOM_NONE);
}

/* The disk as a power cut may have left it: the kernel finds the partition, as large as it was or as it shall be, and
 * the next boot brings it to its end. */
static void assert_boots(const struct partition_growth *steps)
{
    const struct device_view view = {.head = disk,
        .head_size = PARTITION_TABLE_SIZE,
        .tail = disk + disk_size - PARTITION_TAIL_SIZE,
        .tail_size = PARTITION_TAIL_SIZE,
        .device_size = disk_size};
    enum partition_room room = plan(9);
    struct partition found;

    assert_int_equal(partition_find(&view, sector_size, 1, &found), 0);
    assert_int_equal(partition_find(&view, sector_size, 9, &found), 0);
    assert_string_equal(found.uuid, "c1a2a3a4-b1b2-c1c2-d1d2-e1e2e3e4e5e6");
    if (room != PARTITION_ROOM_UNFINISHED)
        assert_true(growth.size == steps->size || growth.size == steps->new_size);
    assert_true(room == PARTITION_ROOM_SOME || room == PARTITION_ROOM_NONE || room == PARTITION_ROOM_UNFINISHED);
}

static void assert_ends(const struct partition_growth *steps)
{
    if (plan(9) == PARTITION_ROOM_UNFINISHED)
        write_all(&growth);
    if (plan(9) == PARTITION_ROOM_SOME)
        write_all(&growth);
    assert_both_tables_are_valid();
    assert_int_equal(plan(9), PARTITION_ROOM_NONE);
    assert_true(growth.size == steps->new_size);
}

/* Some of a write's sectors are on the disk, in any order: those of the mask's bits. */
static void write_some(const struct partition_write *write, uint64_t mask)
{
    for (size_t at = 0, i = 0; at < write->size; at += sector_size, i++) {
        size_t length = write->size - at < sector_size ? write->size - at : sector_size;

        if (mask >> i % 64 & 1)
            memcpy(disk + write->offset + at, write->bytes + at, length);
    }
}

static void cut_power_at_each_write(const char *name, uint32_t sector, uint64_t size, unsigned ways)
{
    static struct partition_growth steps;

    make_disk(name, sector, size);
    assert_int_equal(plan(9), PARTITION_ROOM_SOME);
    steps = growth;
    for (size_t i = 0; i < steps.write_count; i++)
        steps.writes[i].bytes = (uint8_t *)&steps + (growth.writes[i].bytes - (uint8_t *)&growth);
    for (size_t cut = 0; cut < steps.write_count; cut++) {
        for (unsigned way = 0; way < ways; way++) {
            uint64_t mask = way < 33 ? (UINT64_C(1) << way) - 1 : UINT64_C(0x9e3779b97f4a7c15) * way;

            make_disk(name, sector, size);
            for (size_t i = 0; i < cut; i++)
                write_some(&steps.writes[i], UINT64_MAX);
            write_some(&steps.writes[cut], mask);
            assert_boots(&steps);
            assert_ends(&steps);
        }
    }
}

static void the_power_may_go_at_any_moment(void **state)
{
    (void)state;
    cut_power_at_each_write("gpt", 512, 20 << 20, 70);
    cut_power_at_each_write("gpt", 512, 16 << 20, 70);
    cut_power_at_each_write("gpt-4k", 4096, 66 << 20, 6);
}

/* Left halfway, and then the disk has become larger once more. */
static void an_unfinished_table_is_ended_where_it_was(void **state)
{
    static struct partition_growth steps;

    (void)state;
    make_disk("gpt", 512, 24 << 20);
    assert_int_equal(plan_for(20 << 20, 9), PARTITION_ROOM_SOME);
    steps = growth;
    for (size_t i = 0; i < 4; i++)
        memcpy(disk + growth.writes[i].offset, growth.writes[i].bytes, growth.writes[i].size);
    assert_int_equal(plan(9), PARTITION_ROOM_UNFINISHED);
    assert_int_equal(growth.write_count, 2);
    write_all(&growth);
    assert_int_equal(plan(9), PARTITION_ROOM_SOME);
    assert_true(growth.size == steps.new_size && growth.new_size > steps.new_size);
    write_all(&growth);
    assert_both_tables_are_valid();
}

static int free_disk(void **state)
{
    (void)state;
    free(disk);
    disk = NULL;
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_partition_of_a_gpt_grows),
        cmocka_unit_test(what_is_not_last_stays),
        cmocka_unit_test(less_than_a_mebibyte_is_not_worth_it),
        cmocka_unit_test(a_gpt_that_contradicts_itself_is_left_alone),
        cmocka_unit_test(unusual_tables_are_left_alone),
        cmocka_unit_test(odd_disks_are_left_alone),
        cmocka_unit_test(the_last_partition_of_an_mbr_grows),
        cmocka_unit_test(extended_partitions_are_left_alone),
        cmocka_unit_test(an_mbr_that_contradicts_itself_is_left_alone),
        cmocka_unit_test(an_mbr_ends_at_2_tebibytes),
        cmocka_unit_test(the_power_may_go_at_any_moment),
        cmocka_unit_test(an_unfinished_table_is_ended_where_it_was),
    };

    cmocka_set_message_output(CM_OUTPUT_TAP);
    return cmocka_run_group_tests(tests, NULL, free_disk);
}
