/* The start of a disk: a byte of choices (bit 0: 4 KiB sectors, bit 1: mend the GPT's checksums, bit 2: the disk is no
 * larger), a byte of the partition's number, two bytes of the size in units of 16 bytes, then the disk, which goes on
 * with zeros. */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include "contract/bytes.h"
#include "format/partition.h"
#include "format/partition_extent.h"
#include "format/partition_growth.h"

#define HEADER_SIZE 4u
#define SIZE_MAX_UNITS (2 * PARTITION_TABLE_SIZE / 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is given of the disk where it was not filled: its first bytes once more, which may be entries. */
static uint8_t *make_more(const uint8_t *disk, size_t disk_size, uint64_t size)
{
    uint8_t *more = size > 0 && size <= DEVICE_VIEW_MORE_MAX ? calloc(1, (size_t)size) : NULL;

    return more ? memcpy(more, disk, size < disk_size ? (size_t)size : disk_size) : NULL;
}

/* No mutation would get a checksum right. */
static void mend_gpt(uint8_t *disk, size_t size, size_t sector_size)
{
    uint8_t *header = disk + sector_size, *more;
    uint64_t entries_at, entries_size;

    if (size < 2 * sector_size)
        return;
    entries_at = get_le32(header + 72) * (uint64_t)sector_size;
    entries_size = (uint64_t)get_le32(header + 80) * get_le32(header + 84);
    more = make_more(disk, size, entries_size);
    if (entries_at <= size && entries_size <= size - entries_at)
        put_le32(header + 88, libdeflate_crc32(0, disk + entries_at, (size_t)entries_size));
    else if (more)
        put_le32(header + 88, libdeflate_crc32(0, more, (size_t)entries_size));
    free(more);
    if (get_le32(header + 12) > sector_size)
        return;
    put_le32(header + 16, 0);
    put_le32(header + 16, libdeflate_crc32(0, header, get_le32(header + 12)));
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static int find(const struct device_view *view, uint32_t sector_size, uint32_t number)
{
    struct partition found;
    int result = partition_find(view, sector_size, number, &found);

    require(result <= 0);
    require(strlen(found.uuid) < sizeof(found.uuid) && strlen(found.label) < sizeof(found.label)
            && strlen(found.type_uuid) < sizeof(found.type_uuid));
    require(result != 0 || (found.number == number && strlen(found.uuid) > 0));
    (void)partition_covers(view, sector_size, (uint64_t)number << 20);
    require(partition_find_backup(view, sector_size, number, &found) != 0 || found.number == number);
    return result;
}

/* Nothing is written outside the disk, or into the partition as it was. */
static void grow(const struct device_view *view, uint32_t sector_size, uint32_t number)
{
    static struct partition_growth growth;
    enum partition_room room = partition_growth_plan(view, sector_size, number, &growth);
    bool has_writes = room == PARTITION_ROOM_SOME || room == PARTITION_ROOM_UNFINISHED;

    require(has_writes == (growth.write_count > 0) && growth.write_count <= PARTITION_GROWTH_WRITES);
    require(room != PARTITION_ROOM_SOME
            || (growth.new_size >= growth.size + PARTITION_GROWTH_LEAST && growth.start <= view->device_size
                && growth.new_size <= view->device_size - growth.start));
    for (size_t i = 0; i < growth.write_count; i++) {
        const struct partition_write *write = &growth.writes[i];

        require(write->offset <= view->device_size && write->size <= view->device_size - write->offset);
        require(write->offset + write->size <= growth.start || write->offset >= growth.start + growth.new_size);
        require(write->bytes >= (uint8_t *)&growth && write->bytes + write->size <= (uint8_t *)(&growth + 1));
    }
}

/* What is wanted is given, in a buffer of exactly that size. */
static void use(const uint8_t *disk, size_t size, uint32_t sector_size, uint32_t number, bool is_all)
{
    struct device_range wanted = {0};
    struct device_view view = {
        .head = disk, .head_size = size, .device_size = is_all ? size : UINT64_C(1) << 40, .wanted = &wanted};
    uint8_t *more;

    (void)find(&view, sector_size, number);
    view.wanted = NULL;
    grow(&view, sector_size, number);
    view.wanted = &wanted;
    require(wanted.size <= DEVICE_VIEW_MORE_MAX && wanted.offset <= view.device_size
            && wanted.size <= view.device_size - wanted.offset);
    more = make_more(disk, size, wanted.size);
    if (more) {
        view.more = more;
        view.at = wanted;
        require(find(&view, sector_size, number) != -EOVERFLOW);
        grow(&view, sector_size, number);
    }
    free(more);
}

/* Each that is found lies on the disk, and they come in order. */
static void list_extents(const uint8_t *disk, size_t size)
{
    const struct device_view view = {.head = disk, .head_size = size, .device_size = UINT64_C(1) << 40};
    struct partition_extent extent = {0}, extended;
    uint64_t sectors = view.device_size / PARTITION_SECTOR_SIZE, next;
    uint32_t last = 0;

    while (partition_extent_next(&view, last, &extent)) {
        require(extent.number > last && extent.count > 0 && extent.first < sectors
                && extent.count <= sectors - extent.first);
        last = extent.number;
    }
    if (partition_extended(&view, &extended) && size >= 2 * PARTITION_SECTOR_SIZE
        && partition_logical(disk + PARTITION_SECTOR_SIZE, extended.first, &extended, &extent, &next))
        require(extent.first + extent.count <= extended.first + extended.count);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t disk_size, sector_size;
    uint8_t *disk;

    if (size < HEADER_SIZE)
        return 0;
    disk_size = (size_t)get_le16(data + 2) % (SIZE_MAX_UNITS + 1) * 16;
    sector_size = data[0] & 1 ? 4096 : 512;
    disk = calloc(1, disk_size + !disk_size);
    if (!disk)
        return 0;
    size -= HEADER_SIZE;
    memcpy(disk, data + HEADER_SIZE, size < disk_size ? size : disk_size);
    if (data[0] & 2)
        mend_gpt(disk, disk_size, sector_size);
    use(disk, disk_size, (uint32_t)sector_size, data[1], data[0] & 4);
    list_extents(disk, disk_size);
    free(disk);
    return 0;
}
