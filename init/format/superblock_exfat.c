/* exFAT (Microsoft, "exFAT file system specification") */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

#define EXFAT_ENTRY_END 0x00
#define EXFAT_ENTRY_LABEL 0x83
#define EXFAT_NAME_UNITS 11u
#define EXFAT_LABEL_SEARCH 65536u /* bytes; formatting tools make the label the first entry */

struct exfat_boot_sector {
    uint8_t jump[3];
    uint8_t name[8];
    uint8_t zeros[53];
    uint8_t unused_1[8];
    uint8_t volume_sectors[8];
    uint8_t fat_offset[4];
    uint8_t fat_sectors[4];
    uint8_t heap_offset[4];
    uint8_t cluster_count[4];
    uint8_t root_cluster[4];
    uint8_t serial[4];
    uint8_t revision[2];
    uint8_t volume_flags[2];
    uint8_t sector_shift;
    uint8_t cluster_shift;
    uint8_t fats;
    uint8_t drive;
    uint8_t percent_in_use;
    uint8_t unused_2[397];
    uint8_t magic[2];
};
static_assert(offsetof(struct exfat_boot_sector, serial) == 100, "exFAT serial");
static_assert(offsetof(struct exfat_boot_sector, percent_in_use) == 112, "exFAT percent_in_use");
static_assert(sizeof(struct exfat_boot_sector) == 512, "exFAT boot sector");

struct exfat_label_entry {
    uint8_t type;
    uint8_t length;
    uint8_t name[2 * EXFAT_NAME_UNITS];
    uint8_t unused[8];
};
static_assert(sizeof(struct exfat_label_entry) == 32, "exFAT directory entry");

/* The twelfth sector repeats the checksum of the eleven before it, the two fields that change in use left out. */
static bool exfat_checksum_is_valid(const struct device_view *view, const struct exfat_boot_sector *boot)
{
    const size_t flags_at = offsetof(struct exfat_boot_sector, volume_flags);
    const size_t percent_at = offsetof(struct exfat_boot_sector, percent_in_use);
    size_t checked = (size_t)11 << boot->sector_shift;
    const uint8_t *bytes = device_view_bytes(view, 0, checked + 4);
    uint32_t sum = 0;

    if (!bytes)
        return false;
    for (size_t i = 0; i < checked; i++)
        if (i != flags_at && i != flags_at + 1 && i != percent_at)
            sum = (sum << 31 | sum >> 1) + bytes[i];
    return sum == get_le32(bytes + checked);
}

/* Looks through the beginning of the root directory's first cluster. */
static void exfat_find_label(
    const struct device_view *view, const struct exfat_boot_sector *boot, struct superblock *found)
{
    uint64_t cluster = get_le32(boot->root_cluster) - 2;
    uint64_t sector = get_le32(boot->heap_offset) + (cluster << boot->cluster_shift);
    uint64_t start = sector << boot->sector_shift;
    uint64_t size = UINT64_C(1) << (boot->sector_shift + boot->cluster_shift);
    const struct exfat_label_entry *entry;

    if (size > EXFAT_LABEL_SEARCH)
        size = EXFAT_LABEL_SEARCH;
    (void)device_view_want(view, start, size);
    for (uint64_t at = 0; at < size; at += sizeof(*entry)) {
        entry = device_view_bytes(view, start + at, sizeof(*entry));
        if (!entry || entry->type == EXFAT_ENTRY_END)
            return;
        if (entry->type == EXFAT_ENTRY_LABEL) {
            superblock_set_utf16_label(found, entry->name,
                entry->length < EXFAT_NAME_UNITS ? entry->length : EXFAT_NAME_UNITS, UTF16_LITTLE_ENDIAN);
            return;
        }
    }
}

bool superblock_probe_exfat(const struct device_view *view, struct superblock *found)
{
    const struct exfat_boot_sector *boot = device_view_bytes(view, 0, sizeof(*boot));
    static const uint8_t zeros[sizeof(boot->zeros)];
    uint32_t root_cluster;

    if (!boot || memcmp(boot->name, "EXFAT   ", 8) != 0 || get_le16(boot->magic) != BOOT_SECTOR_MAGIC
        || memcmp(boot->zeros, zeros, sizeof(zeros)) != 0)
        return false;
    if (boot->sector_shift < 9 || boot->sector_shift > 12 || boot->cluster_shift > 25 - boot->sector_shift)
        return false;
    root_cluster = get_le32(boot->root_cluster);
    if (boot->fats < 1 || boot->fats > 2 || root_cluster < 2 || root_cluster - 2 >= get_le32(boot->cluster_count))
        return false;
    if (!exfat_checksum_is_valid(view, boot))
        return false;
    superblock_set_serial(found, boot->serial, 4, true);
    exfat_find_label(view, boot, found);
    return true;
}
