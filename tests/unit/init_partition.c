#include "unit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contract/bytes.h"
#include "fixture.h"
#include "format/partition.h"
#include "format/partition_extent.h"

/* Starts of real disks, made by tests/data/make-fixtures with sfdisk: the names and numbers here are from its scripts.
 */
#define FIXTURES "tests/data/partition/"

#define ENTRIES_AT 1024 /* with sectors of 512 bytes */
#define HEADER_AT 512
#define SECTOR UINT64_C(512)
#define ENTRIES_SIZE 16384u /* 128 of 128 bytes */

#define DISK_SIZE (UINT64_C(64) << 20)

static uint8_t disk[PARTITION_TABLE_SIZE];

static void read_disk(const char *name)
{
    char path[128];

    snprintf(path, sizeof(path), FIXTURES "%s.gz", name);
    read_fixture(path, disk, sizeof(disk));
}

static int find_in(const uint8_t *bytes, size_t size, uint32_t sector_size, uint32_t number, struct partition *found)
{
    const struct device_view view = {.head = bytes, .head_size = size, .device_size = DISK_SIZE};

    return partition_find(&view, sector_size, number, found);
}

static bool covers(uint32_t sector_size, uint64_t offset)
{
    const struct device_view view = {.head = disk, .head_size = sizeof(disk), .device_size = DISK_SIZE};

    return partition_covers(&view, sector_size, offset);
}

static int find(uint32_t number, struct partition *found)
{
    return find_in(disk, sizeof(disk), 512, number, found);
}

/* The checksums of a GPT that a test has changed; entries_size: of the whole array. */
static void seal_gpt(size_t entries_size)
{
    put_le32(disk + HEADER_AT + 88, libdeflate_crc32(0, disk + ENTRIES_AT, entries_size));
    put_le32(disk + HEADER_AT + 16, 0);
    put_le32(disk + HEADER_AT + 16, libdeflate_crc32(0, disk + HEADER_AT, get_le32(disk + HEADER_AT + 12)));
}

static void assert_second_of_gpt(const struct partition *found)
{
    assert_int_equal(found->number, 2);
    assert_string_equal(found->uuid, "b1a2a3a4-b1b2-c1c2-d1d2-e1e2e3e4e5e6");
    assert_string_equal(found->type_uuid, "4f68bce3-e8cd-4db1-96e7-fbcaf984b709");
    assert_string_equal(found->label, "größe €");
    assert_true(found->attributes == PARTITION_READ_ONLY);
}

static void gpt_entries_are_found_by_number(void **state)
{
    struct partition found;

    (void)state;
    read_disk("gpt");
    assert_int_equal(find(1, &found), 0);
    assert_string_equal(found.uuid, "a1a2a3a4-b1b2-c1c2-d1d2-e1e2e3e4e5e6");
    assert_string_equal(found.type_uuid, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    assert_string_equal(found.label, "EFI system");
    assert_int_equal(found.attributes, 0);
    assert_int_equal(find(2, &found), 0);
    assert_second_of_gpt(&found);
    assert_int_equal(find(9, &found), 0);
    assert_string_equal(found.label, "123456789012345678901234567890123456");
    assert_true(found.attributes == PARTITION_NO_AUTO);
}

static void what_is_not_in_a_gpt_is_not_found(void **state)
{
    static const uint32_t numbers[] = {0, 3, 8, 10, 128, 129, UINT32_MAX};
    struct partition found;

    (void)state;
    read_disk("gpt");
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        assert_int_equal(find(numbers[i], &found), -ENOENT);
}

static void large_sectors_move_the_gpt(void **state)
{
    struct partition found;

    (void)state;
    read_disk("gpt-4k");
    assert_int_equal(find_in(disk, sizeof(disk), 4096, 2, &found), 0);
    assert_second_of_gpt(&found);
    assert_int_equal(find_in(disk, sizeof(disk), 512, 2, &found), -EILSEQ);
}

static void a_gpt_may_have_more_entries(void **state)
{
    struct partition found;

    (void)state;
    read_disk("gpt-256");
    assert_int_equal(find(2, &found), 0);
    assert_second_of_gpt(&found);
    assert_int_equal(find(256, &found), 0);
    assert_string_equal(found.label, "last");
    assert_int_equal(find_in(disk, ENTRIES_AT + 256 * 128 - 1, 512, 2, &found), -EOVERFLOW);
}

/* What is not in view is wanted, and then it is found and covers its bytes. */
static void assert_wanted(uint64_t offset, const uint8_t *bytes, uint64_t size)
{
    struct device_range wanted = {0};
    struct device_view view = {.head = disk, .head_size = sizeof(disk), .device_size = DISK_SIZE, .wanted = &wanted};
    struct partition found;

    assert_int_equal(partition_find(&view, 512, 2, &found), -EOVERFLOW);
    assert_true(wanted.offset == offset && wanted.size == size);
    assert_false(partition_covers(&view, 512, 4096 * SECTOR));
    view.more = bytes;
    view.at = wanted;
    assert_int_equal(partition_find(&view, 512, 2, &found), 0);
    assert_second_of_gpt(&found);
    assert_true(partition_covers(&view, 512, 4096 * SECTOR));
    view.at.size--;
    assert_int_equal(partition_find(&view, 512, 2, &found), -EOVERFLOW);
}

static void many_entries_are_wanted(void **state)
{
    static uint8_t entries[1024 * 128]; /* the rest of them are not in use */

    (void)state;
    read_disk("gpt-1024");
    memcpy(entries, disk + ENTRIES_AT, sizeof(disk) - ENTRIES_AT);
    assert_wanted(ENTRIES_AT, entries, sizeof(entries));
}

static void entries_that_lie_elsewhere_are_wanted(void **state)
{
    static uint8_t entries[ENTRIES_SIZE];

    (void)state;
    read_disk("gpt-moved");
    read_fixture(FIXTURES "gpt-moved.more.gz", entries, sizeof(entries));
    assert_wanted(1000 * SECTOR, entries, sizeof(entries));
    entries[ENTRIES_SIZE - 1] ^= 1;
    assert_int_equal(find(2, &(struct partition){0}), -EOVERFLOW);
}

static void the_backup_tells_the_same(void **state)
{
    static uint8_t tail[PARTITION_TAIL_SIZE];
    struct device_range wanted = {0};
    struct device_view view = {.tail = tail, .tail_size = sizeof(tail), .device_size = DISK_SIZE, .wanted = &wanted};
    struct partition found;

    (void)state;
    read_fixture(FIXTURES "gpt-backup.more.gz", tail, sizeof(tail));
    assert_int_equal(partition_find_backup(&view, 512, 2, &found), 0);
    assert_second_of_gpt(&found);
    assert_int_equal(partition_find_backup(&view, 512, 3, &found), -ENOENT);
    assert_int_equal(partition_find_backup(&view, 4096, 2, &found), -EILSEQ);
    view.tail = tail + sizeof(tail) - SECTOR;
    view.tail_size = SECTOR;
    assert_int_equal(partition_find_backup(&view, 512, 2, &found), -EOVERFLOW);
    assert_true(wanted.offset == DISK_SIZE - 33 * SECTOR && wanted.size == ENTRIES_SIZE);
    view.more = tail + sizeof(tail) - 33 * SECTOR;
    view.at = wanted;
    assert_int_equal(partition_find_backup(&view, 512, 2, &found), 0);
    assert_second_of_gpt(&found);
    tail[sizeof(tail) - SECTOR] ^= 1;
    assert_int_equal(partition_find_backup(&view, 512, 2, &found), -EILSEQ);
}

static void entries_may_be_larger(void **state)
{
    static uint8_t entries[32 * 512];
    struct partition found;

    (void)state;
    read_disk("gpt");
    for (size_t i = 0; i < 32; i++)
        memcpy(entries + i * 512, disk + ENTRIES_AT + i * 128, 128);
    memcpy(disk + ENTRIES_AT, entries, sizeof(entries));
    put_le32(disk + HEADER_AT + 80, 32);
    put_le32(disk + HEADER_AT + 84, 512);
    seal_gpt(sizeof(entries));
    assert_int_equal(find(2, &found), 0);
    assert_second_of_gpt(&found);
    assert_int_equal(find(33, &found), -ENOENT);
    put_le32(disk + HEADER_AT + 84, 200);
    seal_gpt(6400);
    assert_int_equal(find(2, &found), -EILSEQ);
    put_le32(disk + HEADER_AT + 84, 0);
    seal_gpt(0);
    assert_int_equal(find(2, &found), -EILSEQ);
}

/* One byte of the header, or of an entry, is not as written. */
static void a_broken_gpt_is_told(void **state)
{
    static const size_t header_offsets[] = {0, 12, 16, 24, 72, 80, 84, 88};
    struct partition found;

    (void)state;
    for (size_t i = 0; i < sizeof(header_offsets) / sizeof(header_offsets[0]); i++) {
        read_disk("gpt");
        disk[HEADER_AT + header_offsets[i]] ^= 1;
        assert_int_equal(find(2, &found), -EILSEQ);
    }
    read_disk("gpt");
    disk[ENTRIES_AT + 127 * 128] ^= 1;
    assert_int_equal(find(2, &found), -EILSEQ);
    read_disk("gpt");
    put_le32(disk + HEADER_AT + 24, 2); /* the backup's header, lying here */
    seal_gpt(ENTRIES_SIZE);
    assert_int_equal(find(2, &found), -EILSEQ);
}

/* Entries that no disk has, or that the kernel would not read, are not wanted. */
static void assert_never_wanted(uint64_t lba, uint32_t count, uint32_t size, int expected)
{
    struct device_range wanted = {0};
    struct device_view view = {.head = disk, .head_size = sizeof(disk), .device_size = DISK_SIZE, .wanted = &wanted};
    struct partition found;

    read_disk("gpt");
    put_le32(disk + HEADER_AT + 72, (uint32_t)lba);
    put_le32(disk + HEADER_AT + 76, (uint32_t)(lba >> 32));
    put_le32(disk + HEADER_AT + 80, count);
    put_le32(disk + HEADER_AT + 84, size);
    seal_gpt(ENTRIES_SIZE);
    assert_int_equal(partition_find(&view, 512, 2, &found), expected);
    assert_int_equal(wanted.size, 0);
}

static void hostile_entries_are_never_wanted(void **state)
{
    const uint64_t last_lba = DISK_SIZE / SECTOR - 1;

    (void)state;
    assert_never_wanted(last_lba + 1, 128, 128, -EILSEQ);
    assert_never_wanted(last_lba - 30, 128, 128, -EILSEQ); /* one sector is beyond the disk */
    assert_never_wanted(UINT64_C(0x8000000000000002), 128, 128, -EILSEQ);
    assert_never_wanted(UINT64_MAX, 128, 128, -EILSEQ);
    assert_never_wanted(2, UINT32_MAX, UINT32_MAX - 127, -EILSEQ);
    assert_never_wanted(2, 1, UINT32_MAX, -EILSEQ);
    assert_never_wanted(2, 32769, 128, -EOVERFLOW); /* 4 MiB and an entry */
    assert_never_wanted(2048, 0, 128, -EOVERFLOW);
}

/* Some partitions are mirrored in the MBR, beside the protective entry. */
static void the_gpt_of_a_hybrid_wins(void **state)
{
    struct partition found;

    (void)state;
    read_disk("gpt");
    memcpy(disk + 446 + 16, disk + 446, 16);
    disk[446 + 4] = 0x83;
    assert_int_equal(find(2, &found), 0);
    assert_second_of_gpt(&found);
}

static void a_gpt_without_its_protective_mbr_is_none(void **state)
{
    struct partition found;

    (void)state;
    read_disk("gpt");
    memset(disk, 0, 512);
    assert_int_equal(find(2, &found), -ENODATA);
}

static void mbr_partitions_have_uuids(void **state)
{
    struct partition found;

    (void)state;
    read_disk("mbr");
    assert_int_equal(find(1, &found), 0);
    assert_int_equal(found.number, 1);
    assert_string_equal(found.uuid, "00c0ffee-01");
    assert_string_equal(found.type_uuid, "0x83");
    assert_string_equal(found.label, "");
    assert_int_equal(found.attributes, 0x80);
    assert_int_equal(find(4, &found), 0);
    assert_string_equal(found.uuid, "00c0ffee-04");
    assert_string_equal(found.type_uuid, "0xc");
    assert_int_equal(find(3, &found), -ENOENT);
    assert_int_equal(find(0, &found), -ENOENT);
}

static void logical_partitions_have_uuids(void **state)
{
    struct partition found;

    (void)state;
    read_disk("mbr");
    assert_int_equal(find(5, &found), 0);
    assert_string_equal(found.uuid, "00c0ffee-05");
    assert_string_equal(found.type_uuid, "");
    assert_int_equal(find(27, &found), 0);
    assert_string_equal(found.uuid, "00c0ffee-1b");
    assert_int_equal(find(256, &found), -ENOENT);
    disk[446 + 16 + 4] = 0x83; /* no extended partition */
    assert_int_equal(find(5, &found), -ENOENT);
}

static void a_boot_sector_is_no_table(void **state)
{
    struct partition found;

    (void)state;
    read_disk("mbr");
    disk[446 + 32] = 0x20;
    assert_int_equal(find(1, &found), -ENODATA);
    read_disk("mbr");
    disk[511] = 0;
    assert_int_equal(find(1, &found), -ENODATA);
}

static void a_short_read_is_safe(void **state)
{
    static const char *const names[] = {"gpt", "gpt-4k", "gpt-256", "mbr"};
    struct partition found;

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        read_disk(names[i]);
        for (size_t size = 0; size < sizeof(disk); size += 127) {
            uint8_t *part = malloc(size ? size : 1);

            assert_non_null(part);
            memcpy(part, disk, size);
            find_in(part, size, 512, 2, &found);
            find_in(part, size, 4096, 2, &found);
            partition_covers(
                &(struct device_view){.head = part, .head_size = size, .device_size = DISK_SIZE}, 512, 1 << 20);
            free(part);
        }
    }
}

static void odd_sector_sizes_are_safe(void **state)
{
    static const uint32_t sizes[] = {0, 1, 511, 513, 65536, UINT32_MAX};
    struct partition found;

    (void)state;
    read_disk("gpt");
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        assert_true(find_in(disk, sizeof(disk), sizes[i], 1, &found) < 0);
}

static void partitions_cover_their_bytes(void **state)
{
    (void)state;
    read_disk("mbr");
    assert_true(covers(512, 2048 * SECTOR));
    assert_true(covers(512, 6144 * SECTOR - 1));
    assert_false(covers(512, 6144 * SECTOR));
    assert_false(covers(512, 0));
    put_le32(disk + 446 + 12, DISK_SIZE / 512); /* of a stripe, whose first disk it is */
    assert_false(covers(512, 2048 * SECTOR));
    read_disk("gpt");
    assert_true(covers(512, 4096 * SECTOR));
    assert_false(covers(512, 5120 * SECTOR));
    assert_false(covers(512, UINT64_MAX));
    read_disk("gpt-4k");
    assert_true(covers(4096, UINT64_C(4096) * 4096));
    memset(disk, 0, sizeof(disk));
    assert_false(covers(512, 4096 * SECTOR));
}

static struct partition_extent extent_behind(uint32_t number)
{
    const struct device_view view = {.head = disk, .head_size = sizeof(disk), .device_size = DISK_SIZE};
    struct partition_extent found;

    return partition_extent_next(&view, number, &found) ? found : (struct partition_extent){0};
}

static void put_entry(uint8_t *sector, unsigned number, uint8_t type, uint32_t first, uint32_t count)
{
    uint8_t *entry = sector + 446 + 16 * (size_t)(number - 1);

    entry[4] = type;
    put_le32(entry + 8, first);
    put_le32(entry + 12, count);
    sector[510] = 0x55;
    sector[511] = 0xaa;
}

static void partitions_have_extents(void **state)
{
    struct partition_extent extent;

    (void)state;
    read_disk("gpt");
    extent = extent_behind(1);
    assert_true(extent.number == 2 && extent.first == 4096 && extent.count == 1024);
    disk[ENTRIES_AT + 128 + 40] ^= 1;
    assert_int_equal(extent_behind(1).number, 0);
    memset(disk, 0, sizeof(disk));
    assert_int_equal(extent_behind(0).number, 0);
    put_entry(disk, 1, 0x83, DISK_SIZE / SECTOR - 8, 9); /* beyond the end by a sector */
    put_entry(disk, 2, 0x0f, 8192, 4096);
    put_entry(disk, 3, 0x83, 2048, 100);
    put_entry(disk, 4, 0x83, DISK_SIZE / SECTOR - 8, 8);
    extent = extent_behind(0);
    assert_true(extent.number == 3 && extent.first == 2048 && extent.count == 100);
    extent = extent_behind(3);
    assert_true(extent.number == 4 && extent.first == DISK_SIZE / SECTOR - 8 && extent.count == 8);
    assert_int_equal(extent_behind(4).number, 0);
}

static void logical_partitions_have_extents(void **state)
{
    const struct device_view view = {.head = disk, .head_size = sizeof(disk), .device_size = DISK_SIZE};
    uint8_t sector[512] = {0};
    struct partition_extent extended, extent;
    uint64_t next;

    (void)state;
    memset(disk, 0, sizeof(disk));
    put_entry(disk, 1, 0x83, 2048, 100);
    assert_false(partition_extended(&view, &extended));
    put_entry(disk, 2, 0x0f, 8192, 4096);
    assert_true(partition_extended(&view, &extended));
    assert_true(extended.number == 2 && extended.first == 8192 && extended.count == 4096);
    put_entry(sector, 1, 0x83, 63, 500);   /* from this sector on */
    put_entry(sector, 2, 0x05, 3000, 600); /* from the extended partition's beginning on */
    assert_true(partition_logical(sector, 9000, &extended, &extent, &next));
    assert_true(extent.first == 9063 && extent.count == 500 && next == 8192 + 3000);
    put_entry(sector, 1, 0x83, 63, 4096); /* ends outside */
    put_entry(sector, 2, 0x05, 4096, 600);
    assert_false(partition_logical(sector, 9000, &extended, &extent, &next));
    assert_true(next == 0);
    sector[511] = 0;
    assert_false(partition_logical(sector, 9000, &extended, &extent, &next));
}

static void the_root_type_is_this_architectures(void **state)
{
    (void)state;
#ifdef __x86_64__
    assert_string_equal(partition_root_type(), "4f68bce3-e8cd-4db1-96e7-fbcaf984b709");
#else
    assert_true(strlen(partition_root_type()) == 0 || strlen(partition_root_type()) == 36);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gpt_entries_are_found_by_number),
        cmocka_unit_test(what_is_not_in_a_gpt_is_not_found),
        cmocka_unit_test(large_sectors_move_the_gpt),
        cmocka_unit_test(a_gpt_may_have_more_entries),
        cmocka_unit_test(many_entries_are_wanted),
        cmocka_unit_test(entries_that_lie_elsewhere_are_wanted),
        cmocka_unit_test(the_backup_tells_the_same),
        cmocka_unit_test(entries_may_be_larger),
        cmocka_unit_test(a_broken_gpt_is_told),
        cmocka_unit_test(hostile_entries_are_never_wanted),
        cmocka_unit_test(the_gpt_of_a_hybrid_wins),
        cmocka_unit_test(a_gpt_without_its_protective_mbr_is_none),
        cmocka_unit_test(mbr_partitions_have_uuids),
        cmocka_unit_test(logical_partitions_have_uuids),
        cmocka_unit_test(a_boot_sector_is_no_table),
        cmocka_unit_test(a_short_read_is_safe),
        cmocka_unit_test(odd_sector_sizes_are_safe),
        cmocka_unit_test(partitions_cover_their_bytes),
        cmocka_unit_test(partitions_have_extents),
        cmocka_unit_test(logical_partitions_have_extents),
        cmocka_unit_test(the_root_type_is_this_architectures),
    };

    return RUN_TESTS(tests);
}
