/* NTFS (linux-ntfs documentation, "$Boot"). Its label lies in a record of the MFT and is not read: it is no root of
 * ours. */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

#define NTFS_MAGIC_SIZE 4u /* of a record of the MFT */

struct ntfs_boot_sector {
    uint8_t jump[3];
    uint8_t system_id[8];
    uint8_t sector_size[2];
    uint8_t cluster_sectors;
    uint8_t zeros_1[7];
    uint8_t media;
    uint8_t zeros_2[2];
    uint8_t unused_1[8];
    uint8_t zeros_3[4];
    uint8_t unused_2[4];
    uint8_t sectors[8];
    uint8_t mft_cluster[8];
    uint8_t mft_mirror_cluster[8];
    uint8_t clusters_per_record; /* from 225 on: a negative power of two of bytes */
    uint8_t unused_3[7];
    uint8_t serial[8];
    uint8_t unused_4[430];
    uint8_t magic[2];
};
static_assert(offsetof(struct ntfs_boot_sector, media) == 21, "NTFS media");
static_assert(offsetof(struct ntfs_boot_sector, zeros_3) == 32, "NTFS zeros");
static_assert(offsetof(struct ntfs_boot_sector, serial) == 72, "NTFS serial");
static_assert(sizeof(struct ntfs_boot_sector) == 512, "NTFS boot sector");

/* Sizes in bytes. */
struct ntfs_layout {
    uint32_t sector_size;
    uint32_t cluster_size;
    uint32_t record_size;
    uint64_t mft_offset;
};

static bool ntfs_read_layout(const struct ntfs_boot_sector *boot, struct ntfs_layout *layout)
{
    uint32_t cluster_sectors;
    uint32_t per_record;
    uint64_t clusters, mft_cluster;

    layout->sector_size = get_le16(boot->sector_size);
    /* Large counts are negative powers of two: up to 4,096 sectors. */
    cluster_sectors = boot->cluster_sectors >= 256 - 12 ? 1u << (256 - boot->cluster_sectors) : boot->cluster_sectors;
    if (!superblock_is_power_of_two(layout->sector_size) || layout->sector_size < 256 || layout->sector_size > 4096
        || !superblock_is_power_of_two(cluster_sectors))
        return false;
    layout->cluster_size = layout->sector_size * cluster_sectors;
    per_record = boot->clusters_per_record;
    if (per_record == 0 || (per_record > 64 && per_record < 256 - 31))
        return false;
    // cppcheck-suppress shiftTooManyBits ; 225 to 255 is all that is left above 64
    layout->record_size = per_record <= 64 ? per_record * layout->cluster_size : 1u << (256 - per_record);
    clusters = get_le64(boot->sectors) / cluster_sectors;
    mft_cluster = get_le64(boot->mft_cluster);
    if (mft_cluster > clusters || get_le64(boot->mft_mirror_cluster) > clusters)
        return false;
    layout->mft_offset = mft_cluster * layout->cluster_size;
    return true;
}

bool superblock_probe_ntfs(const struct device_view *view, struct superblock *found)
{
    static const uint8_t zeros[7];
    struct ntfs_layout layout;
    const struct ntfs_boot_sector *boot = device_view_bytes(view, 0, sizeof(*boot));
    const uint8_t *mft;

    if (!boot || memcmp(boot->system_id, "NTFS    ", 8) != 0 || get_le16(boot->magic) != BOOT_SECTOR_MAGIC)
        return false;
    if (memcmp(boot->zeros_1, zeros, sizeof(boot->zeros_1)) != 0
        || memcmp(boot->zeros_2, zeros, sizeof(boot->zeros_2)) != 0
        || memcmp(boot->zeros_3, zeros, sizeof(boot->zeros_3)) != 0 || !ntfs_read_layout(boot, &layout))
        return false;
    (void)device_view_want(view, layout.mft_offset, NTFS_MAGIC_SIZE);
    mft = device_view_bytes(view, layout.mft_offset, NTFS_MAGIC_SIZE);
    if (mft && memcmp(mft, "FILE", NTFS_MAGIC_SIZE) != 0)
        return false;
    superblock_set_serial(found, boot->serial, 8, false);
    return true;
}
