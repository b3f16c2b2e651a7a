#include "format/partition.h"

#include <assert.h>
#include <errno.h>
#include <libdeflate.h>
#include <stdbool.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/partition_table.h"
#include "format/utf16.h"
#include "format/uuid.h"

static_assert(UTF16_TEXT_SIZE(GPT_NAME_UNITS) == PARTITION_LABEL_SIZE, "label");
static_assert(UUID_TEXT_SIZE == PARTITION_UUID_SIZE, "uuid");

#define MBR_NUMBER_MAX 255 /* the kernel's DISK_MAX_PARTS - 1 */
#define SECTOR_SIZE_MIN 512u

static void format_hex(uint32_t value, unsigned digits, char *text)
{
    for (unsigned i = digits; i-- > 0; value >>= 4)
        text[i] = "0123456789abcdef"[value & 15];
    text[digits] = '\0';
}

/* A boot sector of a file system has the same magic but rarely four entries with valid boot indicators. */
static bool mbr_is_valid(const struct mbr *mbr)
{
    if (get_le16(mbr->magic) != 0xaa55)
        return false;
    for (int i = 0; i < MBR_PRIMARY_COUNT; i++) {
        uint8_t indicator = mbr->entries[i].boot_indicator;
        if (indicator != 0 && indicator != MBR_ACTIVE)
            return false;
    }
    return true;
}

bool mbr_announces_gpt(const struct mbr *mbr)
{
    for (int i = 0; i < MBR_PRIMARY_COUNT; i++)
        if (mbr->entries[i].type == MBR_TYPE_GPT_PROTECTIVE)
            return true;
    return false;
}

bool mbr_has_logical_partitions(const struct mbr *mbr)
{
    for (int i = 0; i < MBR_PRIMARY_COUNT; i++) {
        uint8_t type = mbr->entries[i].type;

        if (type == 0x05 || type == 0x0f || type == 0x85)
            return true;
    }
    return false;
}

static int mbr_find(const struct mbr *mbr, uint32_t number, struct partition *found)
{
    const struct mbr_entry *entry;

    if (number > MBR_NUMBER_MAX)
        return -ENOENT;
    found->number = number;
    /* The kernel's form: "%08x-%02x" of the disk's signature and the partition's number. */
    format_hex(get_le32(mbr->disk_signature), 8, found->uuid);
    found->uuid[8] = '-';
    format_hex(number, 2, found->uuid + 9);
    if (number > MBR_PRIMARY_COUNT)
        return mbr_has_logical_partitions(mbr) ? 0 : -ENOENT;
    entry = &mbr->entries[number - 1];
    if (get_le32(entry->sectors) == 0)
        return -ENOENT;
    memcpy(found->type_uuid, "0x", 2);
    format_hex(entry->type, entry->type > 0xf ? 2 : 1, found->type_uuid + 2);
    found->attributes = entry->boot_indicator;
    return 0;
}

uint32_t gpt_header_crc(const uint8_t *header, size_t header_size)
{
    static const uint8_t zeros[4];
    const size_t crc_at = offsetof(struct gpt_header, header_crc);
    uint32_t crc = libdeflate_crc32(0, header, crc_at);

    crc = libdeflate_crc32(crc, zeros, sizeof(zeros));
    return libdeflate_crc32(crc, header + crc_at + 4, header_size - crc_at - 4);
}

const struct gpt_header *gpt_read_header(const struct device_view *disk, uint32_t sector_size, uint64_t lba)
{
    const uint8_t *bytes = device_view_bytes(disk, lba * sector_size, sector_size);
    const struct gpt_header *header = (const void *)bytes;
    uint32_t header_size;

    if (!header)
        return NULL;
    header_size = get_le32(header->header_size);
    if (memcmp(header->signature, "EFI PART", 8) != 0)
        return NULL;
    if (header_size < sizeof(*header) || header_size > sector_size)
        return NULL;
    if (get_le32(header->header_crc) != gpt_header_crc(bytes, header_size))
        return NULL;
    return get_le64(header->my_lba) == lba ? header : NULL;
}

int gpt_read_entries(
    const struct device_view *disk, uint32_t sector_size, const struct gpt_header *header, const uint8_t **entries)
{
    uint32_t entry_size = get_le32(header->entry_size);
    uint64_t first_lba = get_le64(header->entries_lba);
    uint64_t length = (uint64_t)get_le32(header->entry_count) * entry_size;

    if (entry_size == 0 || entry_size % sizeof(struct gpt_entry) != 0 || first_lba >= disk->device_size / sector_size
        || length > disk->device_size - first_lba * sector_size)
        return -EILSEQ;
    *entries = device_view_want(disk, first_lba * sector_size, length);
    if (!*entries)
        return -EOVERFLOW;
    if (libdeflate_crc32(0, *entries, (size_t)length) != get_le32(header->entries_crc))
        return -EILSEQ;
    return 0;
}

/* lba: of the header. */
static int gpt_find(
    const struct device_view *disk, uint32_t sector_size, uint64_t lba, uint32_t number, struct partition *found)
{
    const struct gpt_header *header = gpt_read_header(disk, sector_size, lba);
    static const uint8_t unused[16];
    const struct gpt_entry *entry;
    const uint8_t *entries;
    int error;

    if (!header)
        return -EILSEQ;
    error = gpt_read_entries(disk, sector_size, header, &entries);
    if (error != 0)
        return error;
    if (number > get_le32(header->entry_count))
        return -ENOENT;
    entry = (const void *)(entries + (size_t)(number - 1) * get_le32(header->entry_size));
    if (memcmp(entry->type_guid, unused, sizeof(unused)) == 0)
        return -ENOENT;
    found->number = number;
    uuid_format_guid(entry->guid, found->uuid);
    uuid_format_guid(entry->type_guid, found->type_uuid);
    utf16_to_utf8(entry->name, GPT_NAME_UNITS, UTF16_LITTLE_ENDIAN, found->label, sizeof(found->label));
    found->attributes = get_le64(entry->attributes);
    return 0;
}

const struct mbr *mbr_read(const struct device_view *disk, uint32_t sector_size)
{
    const struct mbr *mbr = device_view_bytes(disk, 0, sizeof(*mbr));

    return mbr && sector_size >= sizeof(*mbr) && mbr_is_valid(mbr) ? mbr : NULL;
}

int partition_find(const struct device_view *disk, uint32_t sector_size, uint32_t number, struct partition *found)
{
    const struct mbr *mbr = mbr_read(disk, sector_size);

    memset(found, 0, sizeof(*found));
    if (!mbr)
        return -ENODATA;
    if (number == 0)
        return -ENOENT;
    if (mbr_announces_gpt(mbr))
        return gpt_find(disk, sector_size, GPT_PRIMARY_LBA, number, found);
    return mbr_find(mbr, number, found);
}

int partition_find_backup(
    const struct device_view *disk, uint32_t sector_size, uint32_t number, struct partition *found)
{
    memset(found, 0, sizeof(*found));
    if (sector_size < SECTOR_SIZE_MIN || disk->device_size < sector_size)
        return -ENODATA;
    if (number == 0)
        return -ENOENT;
    return gpt_find(disk, sector_size, disk->device_size / sector_size - 1, number, found);
}

/* What does not fit on the disk is a partition of something larger, whose first disk it is: a stripe's. */
static bool mbr_covers(const struct mbr *mbr, uint64_t disk_sectors, uint64_t lba)
{
    for (int i = 0; i < MBR_PRIMARY_COUNT; i++) {
        uint64_t first = get_le32(mbr->entries[i].first_lba), sectors = get_le32(mbr->entries[i].sectors);

        if (lba >= first && lba - first < sectors && first + sectors <= disk_sectors)
            return true;
    }
    return false;
}

static bool gpt_covers(const struct device_view *disk, uint32_t sector_size, uint64_t lba)
{
    static const uint8_t unused[16];
    const struct gpt_header *header = gpt_read_header(disk, sector_size, GPT_PRIMARY_LBA);
    const uint8_t *entries;

    if (!header || gpt_read_entries(disk, sector_size, header, &entries) != 0)
        return false;
    for (uint32_t i = 0; i < get_le32(header->entry_count); i++) {
        const struct gpt_entry *entry = (const void *)(entries + (size_t)i * get_le32(header->entry_size));
        if (lba >= get_le64(entry->first_lba) && lba <= get_le64(entry->last_lba)
            && get_le64(entry->last_lba) < disk->device_size / sector_size
            && memcmp(entry->type_guid, unused, sizeof(unused)) != 0)
            return true;
    }
    return false;
}

bool partition_covers(const struct device_view *disk, uint32_t sector_size, uint64_t offset)
{
    const struct mbr *mbr = mbr_read(disk, sector_size);
    uint64_t lba;

    if (!mbr)
        return false;
    lba = offset / sector_size;
    return mbr_announces_gpt(mbr) ? gpt_covers(disk, sector_size, lba)
                                  : mbr_covers(mbr, disk->device_size / sector_size, lba);
}

#if defined(__x86_64__)
#define ROOT_TYPE "4f68bce3-e8cd-4db1-96e7-fbcaf984b709"
#define USR_TYPE "8484680c-9521-48c6-9c11-b0720656f69e"
#elif defined(__i386__)
#define ROOT_TYPE "44479540-f297-41b2-9af7-d131d5f0458a"
#define USR_TYPE "75250d76-8cc6-458e-bd66-bd47cc81a812"
#elif defined(__aarch64__)
#define ROOT_TYPE "b921b045-1df0-41c3-af44-4c6f280d3fae"
#define USR_TYPE "b0e01050-ee5f-4390-949a-9101b17104e9"
#elif defined(__arm__)
#define ROOT_TYPE "69dad710-2ce4-4e3c-b16c-21a1d49abed3"
#define USR_TYPE "7d0359a3-02b3-4f0a-865c-654403e70625"
#elif defined(__riscv) && __riscv_xlen == 64
#define ROOT_TYPE "72ec70a6-cf74-40e6-bd49-4bda08e8f224"
#define USR_TYPE "beaec34b-8442-439b-a40b-984381ed097d"
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ROOT_TYPE "c31c45e6-3f39-412e-80fb-4809c4980599"
#define USR_TYPE "15bb03af-77e7-4d4a-b12b-c0d084f7491c"
#elif defined(__s390x__)
#define ROOT_TYPE "5eead9a9-fe09-4a1e-a1d7-520d00531306"
#define USR_TYPE "8a4f5770-50aa-4ed3-874a-99b710db6fea"
#else
#define ROOT_TYPE ""
#define USR_TYPE ""
#endif

const char *partition_root_type(void)
{
    return ROOT_TYPE;
}

const char *partition_usr_type(void)
{
    return USR_TYPE;
}
