/* Disks of the firmware's RAID, as mdadm knows them: SNIA's (DDF, super-ddf.c), with the superblock at the very end of
 * the whole disk. */
#include <assert.h>
#include <libdeflate.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/partition.h"
#include "format/superblock_probe.h"

#define SECTOR_SIZE 512u

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
