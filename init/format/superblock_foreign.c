/* The probes of the file systems of other systems: FAT, exFAT, NTFS and ISO 9660. */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

/* All fields of the structs are bytes, so that they have neither padding nor alignment. */

#define BOOT_SECTOR_MAGIC 0xaa55

/* Sets the UUID to a serial number's upper-case hex: "ABCD-1234" with a dash before the last two bytes, or without it.
 * Zero is none. */
static void set_serial(struct superblock *found, const uint8_t *serial, unsigned size, bool has_dash)
{
    static const uint8_t none[8];
    static const char digits[] = "0123456789ABCDEF";
    char *text = found->uuid;

    if (memcmp(serial, none, size) == 0)
        return;
    for (unsigned i = size; i-- > 0;) {
        *text++ = digits[serial[i] >> 4];
        *text++ = digits[serial[i] & 15];
        if (has_dash && i == 2)
            *text++ = '-';
    }
    *text = '\0';
}

/* FAT (Microsoft, "FAT: General Overview of On-Disk Format") */

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

static bool fat_entry_is_label(const struct fat_directory_entry *entry)
{
    if ((uint8_t)entry->name[0] == 0xe5 || get_le16(entry->cluster_high) != 0 || get_le16(entry->cluster_low) != 0)
        return false;
    if ((entry->attributes & FAT_ATTRIBUTE_MASK) == FAT_ATTRIBUTE_LONG_NAME)
        return false;
    return (entry->attributes & (FAT_ATTRIBUTE_LABEL | FAT_ATTRIBUTE_DIRECTORY)) == FAT_ATTRIBUTE_LABEL;
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

/* Searches one run of directory entries. */
static enum fat_label_search fat_search_entries(
    const struct device_view *view, uint64_t offset, uint32_t count, struct superblock *found)
{
    const struct fat_directory_entry *entry;

    for (uint32_t i = 0; i < count; i++) {
        entry = device_view_bytes(view, offset + i * (uint64_t)sizeof(*entry), sizeof(*entry));
        if (!entry)
            return FAT_LABEL_OUT_OF_SIGHT;
        if (entry->name[0] == '\0')
            return FAT_LABEL_NONE;
        if (fat_entry_is_label(entry)) {
            fat_set_label(found, entry->name);
            return FAT_LABEL_FOUND;
        }
    }
    return FAT_LABEL_GOES_ON;
}

static enum fat_label_search fat16_search_label(
    const struct device_view *view, const struct fat_layout *layout, struct superblock *found)
{
    uint64_t offset = (layout->reserved + layout->fats_sectors) * layout->sector_size;

    return fat_search_entries(view, offset, layout->root_entries, found);
}

static uint64_t fat_cluster_offset(const struct fat_layout *layout, uint32_t cluster)
{
    uint64_t data_sector = layout->reserved + layout->fats_sectors;

    return (data_sector + (cluster - 2) * (uint64_t)layout->cluster_sectors) * layout->sector_size;
}

/* The cluster after this one, 0 when that is out of sight. */
static uint32_t fat32_next_cluster(const struct device_view *view, const struct fat_layout *layout, uint32_t cluster)
{
    uint64_t fat_offset = (uint64_t)layout->reserved * layout->sector_size;
    const uint8_t *next = device_view_bytes(view, fat_offset + cluster * UINT64_C(4), 4);

    return next ? get_le32(next) & 0x0fffffff : 0;
}

/* FAT32's root directory is a chain of clusters. */
static enum fat_label_search fat32_search_label(const struct device_view *view, const struct fat_boot_sector *boot,
    const struct fat_layout *layout, struct superblock *found)
{
    uint32_t entries = layout->cluster_sectors * layout->sector_size / 32;
    uint32_t cluster = get_le32(boot->fat32.root_cluster);
    enum fat_label_search search = FAT_LABEL_GOES_ON;

    for (int i = 0; i < FAT_CHAIN_MAX && search == FAT_LABEL_GOES_ON && cluster != 0; i++) {
        if (cluster < 2 || cluster > FAT32_CLUSTERS_MAX)
            return FAT_LABEL_NONE;
        search = fat_search_entries(view, fat_cluster_offset(layout, cluster), entries, found);
        cluster = fat32_next_cluster(view, layout, cluster);
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
    search =
        layout.is_fat32 ? fat32_search_label(view, boot, &layout, found) : fat16_search_label(view, &layout, found);
    if (search == FAT_LABEL_OUT_OF_SIGHT)
        fat_set_label(found, layout.is_fat32 ? boot->fat32.label : boot->fat16.label);
    set_serial(found, layout.is_fat32 ? boot->fat32.serial : boot->fat16.serial, 4, true);
    return true;
}

/* exFAT (Microsoft, "exFAT file system specification") */

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

static bool exfat_is_sane(const struct exfat_boot_sector *boot)
{
    static const uint8_t zeros[sizeof(boot->zeros)];
    uint32_t root_cluster;

    if (get_le16(boot->magic) != BOOT_SECTOR_MAGIC || memcmp(boot->zeros, zeros, sizeof(zeros)) != 0)
        return false;
    if (boot->sector_shift < 9 || boot->sector_shift > 12 || boot->cluster_shift > 25 - boot->sector_shift)
        return false;
    root_cluster = get_le32(boot->root_cluster);
    return boot->fats >= 1 && boot->fats <= 2 && root_cluster >= 2 && root_cluster - 2 < get_le32(boot->cluster_count);
}

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

static void exfat_set_label(const struct exfat_label_entry *entry, struct superblock *found)
{
    size_t units = entry->length < EXFAT_NAME_UNITS ? entry->length : EXFAT_NAME_UNITS;

    superblock_set_utf16_label(found, entry->name, units, UTF16_LITTLE_ENDIAN);
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
            exfat_set_label(entry, found);
            return;
        }
    }
}

bool superblock_probe_exfat(const struct device_view *view, struct superblock *found)
{
    const struct exfat_boot_sector *boot = device_view_bytes(view, 0, sizeof(*boot));

    if (!boot || memcmp(boot->name, "EXFAT   ", 8) != 0)
        return false;
    if (!exfat_is_sane(boot) || !exfat_checksum_is_valid(view, boot))
        return false;
    set_serial(found, boot->serial, 4, true);
    exfat_find_label(view, boot, found);
    return true;
}

/* NTFS (linux-ntfs documentation, "$Boot" and "FILE record") */

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
    set_serial(found, boot->serial, 8, false);
    ntfs_find_label(view, &layout, found);
    return true;
}

/* ISO 9660 (ECMA-119) with Joliet */

#define ISO_DESCRIPTORS_OFFSET 32768u
#define ISO_DESCRIPTOR_SIZE 2048u
#define ISO_DESCRIPTORS_MAX 16
#define ISO_TYPE_PRIMARY 1
#define ISO_TYPE_SUPPLEMENTARY 2
#define ISO_TYPE_END 255
#define ISO_LABEL_SIZE 32u
#define ISO_DATE_DIGITS 16u

struct iso_date {
    char digits[ISO_DATE_DIGITS]; /* YYYYMMDDhhmmsscc */
    uint8_t zone;
};

struct iso_descriptor {
    uint8_t type;
    char id[5];
    uint8_t version;
    uint8_t flags;
    char system_id[32];
    uint8_t label[ISO_LABEL_SIZE];
    uint8_t unused_1[16];
    char escapes[32];
    uint8_t unused_2[8];
    uint8_t block_size[2]; /* little-endian; big-endian behind it */
    uint8_t unused_3[683];
    struct iso_date created;
    struct iso_date modified;
};
static_assert(offsetof(struct iso_descriptor, escapes) == 88, "ISO escapes");
static_assert(offsetof(struct iso_descriptor, block_size) == 128, "ISO block_size");
static_assert(offsetof(struct iso_descriptor, created) == 813, "ISO created");
static_assert(offsetof(struct iso_descriptor, modified) == 830, "ISO modified");

static const struct iso_descriptor *iso_descriptor_at(const struct device_view *view, uint64_t index)
{
    const struct iso_descriptor *descriptor;
    uint64_t offset = ISO_DESCRIPTORS_OFFSET + index * ISO_DESCRIPTOR_SIZE;

    descriptor = device_view_bytes(view, offset, sizeof(*descriptor));
    return descriptor && memcmp(descriptor->id, "CD001", 5) == 0 ? descriptor : NULL;
}

/* Sixteen characters '0' and zone 0 mean that no date was given. */
static bool iso_date_is_given(const struct iso_date *date)
{
    return date->zone != 0 || memcmp(date->digits, "0000000000000000", ISO_DATE_DIGITS) != 0;
}

/* "YYYY-MM-DD-hh-mm-ss-cc" */
static void iso_format_date(const struct iso_date *date, char *text)
{
    for (unsigned i = 0; i < ISO_DATE_DIGITS; i++) {
        if (i >= 4 && i % 2 == 0)
            *text++ = '-';
        *text++ = date->digits[i];
    }
    *text = '\0';
}

/* Joliet is announced by one of three levels of UCS-2. */
static bool iso_is_joliet(const struct iso_descriptor *descriptor)
{
    char level = descriptor->escapes[2];

    return descriptor->type == ISO_TYPE_SUPPLEMENTARY && memcmp(descriptor->escapes, "%/", 2) == 0
           && (level == '@' || level == 'C' || level == 'E');
}

static const struct iso_descriptor *iso_find_joliet(const struct device_view *view)
{
    for (uint64_t i = 1; i <= ISO_DESCRIPTORS_MAX; i++) {
        const struct iso_descriptor *descriptor = iso_descriptor_at(view, i);
        if (!descriptor || descriptor->type == ISO_TYPE_END)
            return NULL;
        if (iso_is_joliet(descriptor))
            return descriptor;
    }
    return NULL;
}

/* Joliet's label is half as long; where it is only the beginning of the primary one, the latter says more. */
static bool iso_joliet_is_beginning(const struct iso_descriptor *joliet, const struct iso_descriptor *primary)
{
    for (size_t i = 0; i < ISO_LABEL_SIZE / 2; i++)
        if (get_be16(joliet->label + 2 * i) != primary->label[i])
            return false;
    return true;
}

bool superblock_probe_iso9660(const struct device_view *view, struct superblock *found)
{
    const struct iso_descriptor *primary = iso_descriptor_at(view, 0);
    const struct iso_date *date;
    const struct iso_descriptor *joliet;

    if (!primary || primary->type != ISO_TYPE_PRIMARY || primary->version != 1)
        return false;
    if (!superblock_is_power_of_two(get_le16(primary->block_size)))
        return false;
    date = iso_date_is_given(&primary->modified) ? &primary->modified : &primary->created;
    if (iso_date_is_given(date))
        iso_format_date(date, found->uuid);
    joliet = iso_find_joliet(view);
    if (joliet && !iso_joliet_is_beginning(joliet, primary))
        superblock_set_utf16_label(found, joliet->label, ISO_LABEL_SIZE / 2, UTF16_BIG_ENDIAN);
    else
        superblock_set_label(found, primary->label, ISO_LABEL_SIZE);
    return true;
}
