#include "format/partition_extent.h"

#include <string.h>

#include "contract/bytes.h"
#include "format/partition_table.h"

static bool is_extended(const struct mbr_entry *entry)
{
    return entry->type == 0x05 || entry->type == 0x0f || entry->type == 0x85;
}

static struct partition_extent extent_of(const struct mbr_entry *entry, uint32_t number)
{
    return (struct partition_extent){number, get_le32(entry->first_lba), get_le32(entry->sectors)};
}

static bool lies_on(const struct device_view *disk, const struct partition_extent *extent)
{
    uint64_t sectors = disk->device_size / PARTITION_SECTOR_SIZE;

    return extent->count > 0 && extent->first > 0 && extent->first < sectors
           && extent->count <= sectors - extent->first;
}

static bool next_of_gpt(const struct device_view *disk, uint32_t after, struct partition_extent *found)
{
    static const uint8_t unused[16];
    const struct gpt_header *header = gpt_read_header(disk, PARTITION_SECTOR_SIZE, GPT_PRIMARY_LBA);
    const uint8_t *entries;

    if (!header || gpt_read_entries(disk, PARTITION_SECTOR_SIZE, header, &entries) != 0)
        return false;
    for (uint32_t i = after; i < get_le32(header->entry_count); i++) {
        const struct gpt_entry *entry = (const void *)(entries + (size_t)i * get_le32(header->entry_size));
        uint64_t first = get_le64(entry->first_lba), last = get_le64(entry->last_lba);

        if (memcmp(entry->type_guid, unused, sizeof(unused)) == 0 || last < first)
            continue;
        *found = (struct partition_extent){i + 1, first, last - first + 1};
        if (lies_on(disk, found))
            return true;
    }
    return false;
}

bool partition_extent_next(const struct device_view *disk, uint32_t after, struct partition_extent *found)
{
    const struct mbr *mbr = mbr_read(disk, PARTITION_SECTOR_SIZE);

    if (!mbr)
        return false;
    if (mbr_announces_gpt(mbr))
        return next_of_gpt(disk, after, found);
    for (uint32_t i = after; i < MBR_PRIMARY_COUNT; i++) {
        *found = extent_of(&mbr->entries[i], i + 1);
        if (!is_extended(&mbr->entries[i]) && lies_on(disk, found))
            return true;
    }
    return false;
}

bool partition_extended(const struct device_view *disk, struct partition_extent *found)
{
    const struct mbr *mbr = mbr_read(disk, PARTITION_SECTOR_SIZE);

    for (uint32_t i = 0; mbr && !mbr_announces_gpt(mbr) && i < MBR_PRIMARY_COUNT; i++) {
        *found = extent_of(&mbr->entries[i], i + 1);
        if (is_extended(&mbr->entries[i]) && lies_on(disk, found))
            return true;
    }
    return false;
}

/* The partition is counted from the sector that tells of it, the next such sector from the extended one
 * (block/partitions/msdos.c). */
bool partition_logical(const uint8_t sector[PARTITION_SECTOR_SIZE], uint64_t at,
    const struct partition_extent *extended, struct partition_extent *found, uint64_t *next)
{
    const struct device_view view = {
        .head = sector, .head_size = PARTITION_SECTOR_SIZE, .device_size = PARTITION_SECTOR_SIZE};
    const struct mbr *mbr = mbr_read(&view, PARTITION_SECTOR_SIZE);
    bool is_found = false;

    *next = 0;
    for (unsigned i = 0; mbr && i < MBR_PRIMARY_COUNT; i++) {
        struct partition_extent extent = extent_of(&mbr->entries[i], 0);

        if (extent.count == 0)
            continue;
        if (is_extended(&mbr->entries[i])) {
            if (*next == 0 && extent.first < extended->count)
                *next = extended->first + extent.first;
        } else if (!is_found) {
            extent.first += at;
            is_found = extent.first + extent.count <= extended->first + extended->count;
            *found = extent;
        }
    }
    return is_found;
}
