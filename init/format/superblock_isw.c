/* Disks of the firmware's RAID, as mdadm knows them: Intel's (IMSM, super-intel.c), with the superblock at the very end
 * of the whole disk. */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/partition.h"
#include "format/superblock_probe.h"

/* Little-endian. It lies in the last sector but one, and what is longer than that in the sectors before it. */
#define ISW_SIGNATURE "Intel Raid ISM Cfg Sig. "
#define ISW_SIZE_MAX 65536u

struct isw_superblock {
    char signature[32];
    uint8_t checksum[4];
    uint8_t size[4]; /* bytes, with the tables that follow */
    uint8_t family[4];
    uint8_t generation[4];
    uint8_t unused[8];
    uint8_t disk_count[1];
    uint8_t array_count[1];
};
static_assert(offsetof(struct isw_superblock, checksum) == 32, "IMSM checksum");
static_assert(offsetof(struct isw_superblock, disk_count) == 56, "IMSM num_disks");

static uint32_t sum_words(const uint8_t *bytes, size_t size)
{
    uint32_t sum = 0;

    for (size_t i = 0; i + 4 <= size; i += 4)
        sum += get_le32(bytes + i);
    return sum;
}

/* All that there is of it, but the checksum itself, is summed up. */
static bool isw_is_whole(
    const struct device_view *view, const struct isw_superblock *superblock, uint64_t offset, uint32_t sector_size)
{
    uint32_t size = get_le32(superblock->size), first = size < sector_size ? size : sector_size, sum;
    uint64_t further = (size - first + sector_size - 1) / sector_size * sector_size;
    const uint8_t *rest = size > first ? device_view_bytes(view, offset - further, size - first) : NULL;

    if (size > first && !rest)
        return false;
    sum = sum_words((const uint8_t *)superblock, first) - get_le32(superblock->checksum);
    return sum + (rest ? sum_words(rest, size - first) : 0) == get_le32(superblock->checksum);
}

static bool isw_probe_with(const struct device_view *view, uint32_t sector_size, struct superblock *found)
{
    uint64_t sectors = view->device_size / sector_size, offset = (sectors - 2) * sector_size;
    const struct isw_superblock *superblock;
    uint32_t size;

    superblock = sectors > 2 ? device_view_bytes(view, offset, sector_size) : NULL;
    if (!superblock || memcmp(superblock->signature, ISW_SIGNATURE, strlen(ISW_SIGNATURE)) != 0)
        return false;
    size = get_le32(superblock->size);
    if (size < sizeof(*superblock) || size > ISW_SIZE_MAX || size > offset
        || !isw_is_whole(view, superblock, offset, sector_size))
        return false;
    found->array = (struct superblock_array){.slots = *superblock->disk_count,
        .events = get_le32(superblock->generation),
        .family = get_le32(superblock->family)};
    /* What has none is a spare, which knows of no other disk, or was left over. */
    return *superblock->array_count > 0 && !partition_covers(view, sector_size, offset);
}

bool superblock_probe_isw(const struct device_view *view, struct superblock *found)
{
    return !view->is_partition && (isw_probe_with(view, 512, found) || isw_probe_with(view, 4096, found));
}
