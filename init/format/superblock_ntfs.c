/* NTFS (linux-ntfs documentation, "$Boot" and "FILE record") */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

#define NTFS_SECTOR_SIZE 512u /* the unit of the fix-ups, whatever the disk's sector */
#define NTFS_RECORD_SIZE_MAX 4096u
#define NTFS_RECORD_VOLUME 3u
#define NTFS_ATTRIBUTE_VOLUME_NAME 0x60u
#define NTFS_ATTRIBUTE_END 0xffffffffu
#define NTFS_NAME_UNITS 128u

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

struct ntfs_record {
    uint8_t magic[4];
    uint8_t fixups_offset[2];
    uint8_t fixups_count[2];
    uint8_t unused[12];
    uint8_t attributes_offset[2];
};
static_assert(offsetof(struct ntfs_record, attributes_offset) == 20, "NTFS record");

struct ntfs_attribute {
    uint8_t type[4];
    uint8_t length[4];
    uint8_t is_nonresident;
    uint8_t unused[7];
    uint8_t value_length[4];
    uint8_t value_offset[2];
};
static_assert(offsetof(struct ntfs_attribute, value_offset) == 20, "NTFS attribute");

/* Sizes in bytes. */
struct ntfs_layout {
    uint32_t sector_size;
    uint32_t cluster_size;
    uint32_t record_size;
    uint64_t mft_offset;
};

/* Large counts are negative powers of two: up to 4,096 sectors. */
static uint32_t ntfs_cluster_sectors(uint8_t count)
{
    return count >= 256 - 12 ? 1u << (256 - count) : count;
}

static bool ntfs_unused_fields_are_zero(const struct ntfs_boot_sector *boot)
{
    static const uint8_t zeros[7];

    return memcmp(boot->zeros_1, zeros, sizeof(boot->zeros_1)) == 0
           && memcmp(boot->zeros_2, zeros, sizeof(boot->zeros_2)) == 0
           && memcmp(boot->zeros_3, zeros, sizeof(boot->zeros_3)) == 0;
}

static bool ntfs_read_layout(const struct ntfs_boot_sector *boot, struct ntfs_layout *layout)
{
    uint32_t cluster_sectors;
    uint32_t per_record;
    uint64_t clusters, mft_cluster;

    layout->sector_size = get_le16(boot->sector_size);
    cluster_sectors = ntfs_cluster_sectors(boot->cluster_sectors);
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

/* Copies a record and puts back the last two bytes of each of its sectors, which the fix-up array keeps. */
static bool ntfs_read_record(
    const struct device_view *view, uint64_t offset, uint32_t size, uint8_t record[NTFS_RECORD_SIZE_MAX])
{
    const uint8_t *bytes = device_view_bytes(view, offset, size);
    const struct ntfs_record *header;
    uint32_t fixups_at, sectors;

    if (!bytes || memcmp(bytes, "FILE", 4) != 0)
        return false;
    memcpy(record, bytes, size);
    header = (const void *)record;
    fixups_at = get_le16(header->fixups_offset);
    sectors = size / NTFS_SECTOR_SIZE;
    if (get_le16(header->fixups_count) != sectors + 1 || fixups_at + 2 * (sectors + 1) > size)
        return false;
    for (uint32_t i = 1; i <= sectors; i++)
        memcpy(record + (size_t)i * NTFS_SECTOR_SIZE - 2, bytes + fixups_at + (size_t)2 * i, 2);
    return true;
}

static void ntfs_set_label(const uint8_t *attribute_bytes, uint32_t length, struct superblock *found)
{
    const struct ntfs_attribute *attribute = (const void *)attribute_bytes;
    uint32_t value_offset = get_le16(attribute->value_offset);
    uint32_t value_length = get_le32(attribute->value_length);
    size_t units;

    if (attribute->is_nonresident || value_offset > length || value_length > length - value_offset)
        return;
    units = value_length / 2 < NTFS_NAME_UNITS ? value_length / 2 : NTFS_NAME_UNITS;
    superblock_set_utf16_label(found, attribute_bytes + value_offset, units, UTF16_LITTLE_ENDIAN);
}

/* The volume's name is an attribute of the MFT's fourth record, $Volume. */
static void ntfs_find_label(const struct device_view *view, const struct ntfs_layout *layout, struct superblock *found)
{
    uint8_t record[NTFS_RECORD_SIZE_MAX];
    const struct ntfs_record *header = (const void *)record;
    uint32_t size = layout->record_size;
    uint64_t offset = layout->mft_offset + NTFS_RECORD_VOLUME * (uint64_t)size;
    uint32_t at;

    if (size < NTFS_SECTOR_SIZE || size > sizeof(record) || !ntfs_read_record(view, offset, size, record))
        return;
    at = get_le16(header->attributes_offset);
    while (at <= size - sizeof(struct ntfs_attribute)) {
        const struct ntfs_attribute *attribute = (const void *)(record + at);
        uint32_t type = get_le32(attribute->type);
        uint32_t length = get_le32(attribute->length);
        if (type == NTFS_ATTRIBUTE_END || length < sizeof(*attribute) || length > size - at)
            return;
        if (type == NTFS_ATTRIBUTE_VOLUME_NAME) {
            ntfs_set_label(record + at, length, found);
            return;
        }
        at += length;
    }
}

bool superblock_probe_ntfs(const struct device_view *view, struct superblock *found)
{
    struct ntfs_layout layout;
    const struct ntfs_boot_sector *boot = device_view_bytes(view, 0, sizeof(*boot));
    const uint8_t *mft;

    if (!boot || memcmp(boot->system_id, "NTFS    ", 8) != 0 || get_le16(boot->magic) != BOOT_SECTOR_MAGIC)
        return false;
    if (!ntfs_unused_fields_are_zero(boot) || !ntfs_read_layout(boot, &layout))
        return false;
    if (layout.record_size <= NTFS_RECORD_SIZE_MAX)
        (void)device_view_want(view, layout.mft_offset, (NTFS_RECORD_VOLUME + 1) * (uint64_t)layout.record_size);
    mft = device_view_bytes(view, layout.mft_offset, 4);
    if (mft && memcmp(mft, "FILE", 4) != 0)
        return false;
    superblock_set_serial(found, boot->serial, 8, false);
    ntfs_find_label(view, &layout, found);
    return true;
}
