/* FAT (Microsoft, "FAT: General Overview of On-Disk Format") */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

#define FAT_LABEL_SIZE 11u
#define FAT16_CLUSTERS_MAX 0xfff4u
#define FAT32_CLUSTERS_MAX 0x0ffffff6u
#define FAT_CHAIN_MAX 100

struct fat_boot_sector {
    uint8_t jump[3];
    uint8_t system_id[8];
    uint8_t sector_size[2];
    uint8_t cluster_sectors;
    uint8_t reserved_sectors[2];
    uint8_t fats;
    uint8_t root_entries[2];
    uint8_t sectors_16[2];
    uint8_t media;
    uint8_t fat_sectors_16[2];
    uint8_t unused_1[8];
    uint8_t sectors_32[4];
    union {
        struct {
            uint8_t unused[3];
            uint8_t serial[4];
            char label[FAT_LABEL_SIZE];
            char type[8];
        } fat16;
        struct {
            uint8_t fat_sectors_32[4];
            uint8_t unused_1[4];
            uint8_t root_cluster[4];
            uint8_t info_sector[2];
            uint8_t unused_2[17];
            uint8_t serial[4];
            char label[FAT_LABEL_SIZE];
            char type[8];
        } fat32;
        uint8_t rest[474];
    };
    uint8_t magic[2];
};
static_assert(offsetof(struct fat_boot_sector, fat16.label) == 43, "FAT16 label");
static_assert(offsetof(struct fat_boot_sector, fat32.label) == 71, "FAT32 label");
static_assert(offsetof(struct fat_boot_sector, fat32.type) == 82, "FAT32 type");
static_assert(sizeof(struct fat_boot_sector) == 512, "FAT boot sector");

struct fat_info_sector {
    uint8_t signature_1[4];
    uint8_t unused[480];
    uint8_t signature_2[4];
};
static_assert(sizeof(struct fat_info_sector) == 488, "FAT32 info sector");

struct fat_directory_entry {
    char name[FAT_LABEL_SIZE];
    uint8_t attributes;
    uint8_t unused_1[8];
    uint8_t cluster_high[2];
    uint8_t unused_2[4];
    uint8_t cluster_low[2];
    uint8_t size[4];
};
static_assert(sizeof(struct fat_directory_entry) == 32, "FAT directory entry");

/* So many entries of a root directory are looked at where it is out of sight; mkfs writes the label first. */
#define FAT_LABEL_SEARCH 2048u

#define FAT_ATTRIBUTE_LABEL 0x08
#define FAT_ATTRIBUTE_DIRECTORY 0x10
#define FAT_ATTRIBUTE_LONG_NAME 0x0f
#define FAT_ATTRIBUTE_MASK 0x3f

/* The boot sector's numbers, in sectors and entries. */
struct fat_layout {
    uint32_t sector_size;
    uint32_t cluster_sectors;
    uint32_t reserved;
    uint64_t fats_sectors; /* all copies */
    uint32_t fat_sectors;  /* one copy */
    uint32_t root_entries;
    uint64_t sectors;
    bool is_fat32;
};

/* What a search of the root directory says. */
enum fat_label_search {
    FAT_LABEL_FOUND,
    FAT_LABEL_NONE,        /* the directory's end came first */
    FAT_LABEL_GOES_ON,     /* not in this run of entries */
    FAT_LABEL_OUT_OF_SIGHT /* the directory leaves the window */
};

static struct fat_layout fat_read_layout(const struct fat_boot_sector *boot)
{
    struct fat_layout layout = {
        .sector_size = get_le16(boot->sector_size),
        .cluster_sectors = boot->cluster_sectors,
        .reserved = get_le16(boot->reserved_sectors),
        .fat_sectors = get_le16(boot->fat_sectors_16),
        .root_entries = get_le16(boot->root_entries),
        .sectors = get_le16(boot->sectors_16),
    };

    layout.is_fat32 = layout.fat_sectors == 0;
    if (layout.is_fat32)
        layout.fat_sectors = get_le32(boot->fat32.fat_sectors_32);
    if (layout.sectors == 0)
        layout.sectors = get_le32(boot->sectors_32);
    layout.fats_sectors = (uint64_t)layout.fat_sectors * boot->fats;
    return layout;
}

/* blkid's rule: a FAT says so in its type field, else the boot sector's magic must be there and the type field must
 * not be one of those that OS/2 wrote in front of JFS and HPFS. */
static bool fat_has_magic(const struct fat_boot_sector *boot)
{
    static const char types_16[][9] = {"FAT12   ", "FAT16   ", "FAT     "};

    for (size_t i = 0; i < sizeof(types_16) / sizeof(types_16[0]); i++)
        if (memcmp(boot->fat16.type, types_16[i], 8) == 0)
            return true;
    if (memcmp(boot->fat16.type, "MSDOS", 5) == 0 || memcmp(boot->fat32.type, "MSWIN", 5) == 0
        || memcmp(boot->fat32.type, "FAT32   ", 8) == 0)
        return true;
    return get_le16(boot->magic) == BOOT_SECTOR_MAGIC && memcmp(boot->fat16.type, "JFS     ", 8) != 0
           && memcmp(boot->fat16.type, "HPFS    ", 8) != 0;
}

static bool fat_is_sane(const struct fat_boot_sector *boot, const struct fat_layout *layout)
{
    uint64_t root_sectors, overhead, clusters;

    if (boot->fats == 0 || layout->reserved == 0 || layout->fat_sectors == 0
        || (boot->media != 0xf0 && boot->media < 0xf8))
        return false;
    if (!superblock_is_power_of_two(layout->cluster_sectors) || !superblock_is_power_of_two(layout->sector_size)
        || layout->sector_size < 512 || layout->sector_size > 4096)
        return false;
    root_sectors = (layout->root_entries * 32u + layout->sector_size - 1) / layout->sector_size;
    overhead = layout->reserved + layout->fats_sectors + root_sectors;
    if (overhead > layout->sectors)
        return false;
    clusters = (layout->sectors - overhead) / layout->cluster_sectors;
    return clusters <= (layout->is_fat32 ? FAT32_CLUSTERS_MAX : FAT16_CLUSTERS_MAX);
}

/* Either signature of the information sector may be left as zeros. */
static bool fat32_info_is_sane(
    const struct device_view *view, const struct fat_boot_sector *boot, const struct fat_layout *layout)
{
    uint64_t sector = get_le16(boot->fat32.info_sector);
    const struct fat_info_sector *info = device_view_bytes(view, sector * layout->sector_size, sizeof(*info));
    uint32_t first, second;

    if (sector == 0 || !info)
        return true;
    first = get_le32(info->signature_1);
    second = get_le32(info->signature_2);
    return (first == 0x41615252 || first == 0x41645252 || first == 0) && (second == 0x61417272 || second == 0);
}

/* A label's first byte 0xe5 is stored as 0x05, because 0xe5 marks a free entry. */
static void fat_set_label(struct superblock *found, const char *label)
{
    char copy[FAT_LABEL_SIZE];

    memcpy(copy, label, sizeof(copy));
    if (copy[0] == 0x05)
        copy[0] = (char)0xe5;
    if (memcmp(copy, "NO NAME    ", sizeof(copy)) != 0)
        superblock_set_label(found, copy, sizeof(copy));
}

/* Searches one run of directory entries, as much of it as is wanted at once. */
static enum fat_label_search fat_search_entries(
    const struct device_view *view, uint64_t offset, uint32_t count, struct superblock *found)
{
    const struct fat_directory_entry *entry;
    uint32_t wanted = count < FAT_LABEL_SEARCH ? count : FAT_LABEL_SEARCH;

    (void)device_view_want(view, offset, wanted * (uint64_t)sizeof(*entry));
    for (uint32_t i = 0; i < count; i++) {
        entry = device_view_bytes(view, offset + i * (uint64_t)sizeof(*entry), sizeof(*entry));
        if (!entry)
            return FAT_LABEL_OUT_OF_SIGHT;
        if (entry->name[0] == '\0')
            return FAT_LABEL_NONE;
        /* Free, a part of a long name, or no label. */
        if ((uint8_t)entry->name[0] == 0xe5 || get_le16(entry->cluster_high) != 0 || get_le16(entry->cluster_low) != 0
            || (entry->attributes & FAT_ATTRIBUTE_MASK) == FAT_ATTRIBUTE_LONG_NAME
            || (entry->attributes & (FAT_ATTRIBUTE_LABEL | FAT_ATTRIBUTE_DIRECTORY)) != FAT_ATTRIBUTE_LABEL)
            continue;
        fat_set_label(found, entry->name);
        return FAT_LABEL_FOUND;
    }
    return FAT_LABEL_GOES_ON;
}

/* FAT32's root directory is a chain of clusters. */
static enum fat_label_search fat32_search_label(const struct device_view *view, const struct fat_boot_sector *boot,
    const struct fat_layout *layout, struct superblock *found)
{
    uint32_t entries = layout->cluster_sectors * layout->sector_size / 32;
    uint32_t cluster = get_le32(boot->fat32.root_cluster);
    uint64_t fat_offset = (uint64_t)layout->reserved * layout->sector_size;
    uint64_t data_sector = layout->reserved + layout->fats_sectors;
    enum fat_label_search search = FAT_LABEL_GOES_ON;

    for (int i = 0; i < FAT_CHAIN_MAX && search == FAT_LABEL_GOES_ON && cluster != 0; i++) {
        uint64_t sector = data_sector + (cluster - 2) * (uint64_t)layout->cluster_sectors;
        const uint8_t *next;

        if (cluster < 2 || cluster > FAT32_CLUSTERS_MAX)
            return FAT_LABEL_NONE;
        search = fat_search_entries(view, sector * layout->sector_size, entries, found);
        next = device_view_bytes(view, fat_offset + cluster * UINT64_C(4), 4);
        cluster = next ? get_le32(next) & 0x0fffffff : 0; /* 0: out of sight */
    }
    return search == FAT_LABEL_GOES_ON ? FAT_LABEL_OUT_OF_SIGHT : search;
}

bool superblock_probe_vfat(const struct device_view *view, struct superblock *found)
{
    const struct fat_boot_sector *boot = device_view_bytes(view, 0, sizeof(*boot));
    struct fat_layout layout;
    enum fat_label_search search;

    if (!boot || !fat_has_magic(boot))
        return false;
    layout = fat_read_layout(boot);
    if (!fat_is_sane(boot, &layout) || (layout.is_fat32 && !fat32_info_is_sane(view, boot, &layout)))
        return false;
    if (layout.is_fat32)
        search = fat32_search_label(view, boot, &layout, found);
    else
        search = fat_search_entries(
            view, (layout.reserved + layout.fats_sectors) * layout.sector_size, layout.root_entries, found);
    if (search == FAT_LABEL_OUT_OF_SIGHT)
        fat_set_label(found, layout.is_fat32 ? boot->fat32.label : boot->fat16.label);
    superblock_set_serial(found, layout.is_fat32 ? boot->fat32.serial : boot->fat16.serial, 4, true);
    return true;
}
