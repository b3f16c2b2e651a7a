/* Disks of the firmware's RAID, as mdadm knows them: Intel's (IMSM, super-intel.c) and SNIA's (DDF, super-ddf.c).
 * Either has its superblock at the very end of the whole disk. */
#include <assert.h>
#include <libdeflate.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/partition.h"
#include "format/superblock_probe.h"

#define SECTOR_SIZE 512u

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

/* Big-endian, in the last sector. */
#define DDF_SIGNATURE 0xde11de11u
#define DDF_GUID_SIZE 24u

struct ddf_header {
    uint8_t signature[4];
    uint8_t checksum[4]; /* CRC-32 of the sector, with ones in its own place; neither begun nor ended inverted */
    uint8_t guid[DDF_GUID_SIZE];
    uint8_t revision[8];
    uint8_t sequence[4];
};
static_assert(offsetof(struct ddf_header, sequence) == 40, "DDF sequence number");

bool superblock_probe_ddf(const struct device_view *view, struct superblock *found)
{
    uint64_t offset = view->device_size / SECTOR_SIZE * SECTOR_SIZE - SECTOR_SIZE;
    uint8_t sector[SECTOR_SIZE];
    const struct ddf_header *header;

    header =
        view->device_size >= SECTOR_SIZE && !view->is_partition ? device_view_bytes(view, offset, SECTOR_SIZE) : NULL;
    if (!header || get_be32(header->signature) != DDF_SIGNATURE)
        return false;
    memcpy(sector, header, SECTOR_SIZE);
    memset(sector + offsetof(struct ddf_header, checksum), 0xff, sizeof(header->checksum));
    if (~libdeflate_crc32(UINT32_MAX, sector, SECTOR_SIZE) != get_be32(header->checksum)
        || partition_covers(view, SECTOR_SIZE, offset))
        return false;
    found->array = (struct superblock_array){
        .events = get_be32(header->sequence), .family = libdeflate_crc32(0, header->guid, DDF_GUID_SIZE)};
    return true;
}
