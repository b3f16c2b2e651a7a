#include "format/partition_growth.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdbool.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/partition_table.h"

/* Partitions end at such a boundary, so that a file system's blocks fill them. */
#define ALIGNMENT 4096u

/* What a backup GPT takes at the disk's end: an MBR's partitions leave it free too, as growpart does, so that the disk
 * may be given a GPT later. */
#define MBR_SECTORS_LEFT 33u

static void add_write(struct partition_growth *growth, uint64_t offset, const uint8_t *bytes, size_t size)
{
    growth->writes[growth->write_count++] = (struct partition_write){offset, bytes, size};
}

/* In sectors. */
struct extent {
    uint64_t first;
    uint64_t end; /* the first sector behind it */
};

static bool overlap(const struct extent *one, const struct extent *other)
{
    return one->first < other->end && other->first < one->end;
}

/* last_end: where the last partition of all ends; limit: where it could end at the most. */
static enum partition_room judge(const struct extent *wanted, uint64_t last_end, uint64_t limit, uint32_t sector_size,
    struct partition_growth *growth)
{
    limit = limit * sector_size / ALIGNMENT * ALIGNMENT / sector_size;
    growth->start = wanted->first * sector_size;
    growth->size = growth->new_size = (wanted->end - wanted->first) * sector_size;
    if (limit < last_end || (limit - last_end) * sector_size < PARTITION_GROWTH_LEAST)
        return PARTITION_ROOM_NONE;
    if (last_end > wanted->end)
        return PARTITION_ROOM_NOT_ITS;
    growth->new_size = (limit - wanted->first) * sector_size;
    return PARTITION_ROOM_SOME;
}

static bool mbr_extent(const struct mbr *mbr, unsigned i, struct extent *extent)
{
    extent->first = get_le32(mbr->entries[i].first_lba);
    extent->end = extent->first + get_le32(mbr->entries[i].sectors);
    return mbr->entries[i].type != 0 && extent->end > extent->first;
}

static enum partition_room plan_mbr(
    const struct mbr *mbr, uint64_t sectors, uint32_t sector_size, uint32_t number, struct partition_growth *growth)
{
    static const uint8_t beyond_chs[] = {0xfe, 0xff, 0xff};
    struct mbr *grown = (void *)growth->mbr;
    uint64_t limit = sectors > MBR_SECTORS_LEFT ? sectors - MBR_SECTORS_LEFT : 0;
    struct extent wanted, other;
    enum partition_room room;
    uint64_t last_end;

    if (number > MBR_PRIMARY_COUNT)
        return mbr_has_logical_partitions(mbr) ? PARTITION_ROOM_EXTENDED : PARTITION_ROOM_INCONSISTENT;
    if (!mbr_extent(mbr, number - 1, &wanted))
        return PARTITION_ROOM_INCONSISTENT;
    last_end = wanted.end;
    for (unsigned i = 0; i < MBR_PRIMARY_COUNT; i++) {
        if (!mbr_extent(mbr, i, &other))
            continue;
        if (other.first == 0 || other.end > sectors || (i != number - 1 && overlap(&other, &wanted)))
            return PARTITION_ROOM_INCONSISTENT;
        if (other.end > last_end)
            last_end = other.end;
    }
    if (limit > UINT32_MAX) /* 2 TiB of usual sectors; all of it, and its end, can be told in 32 bits */
        limit = UINT32_MAX;
    room = judge(&wanted, last_end, limit, sector_size, growth);
    if (room == PARTITION_ROOM_SOME && mbr_has_logical_partitions(mbr))
        room = PARTITION_ROOM_EXTENDED;
    if (room != PARTITION_ROOM_SOME)
        return room;
    memcpy(grown, mbr, sizeof(*grown));
    memcpy(grown->entries[number - 1].last_chs, beyond_chs, sizeof(beyond_chs));
    put_le32(grown->entries[number - 1].sectors, (uint32_t)(growth->new_size / sector_size));
    add_write(growth, 0, growth->mbr, sizeof(growth->mbr));
    return room;
}

struct gpt {
    const struct gpt_header *header;
    const uint8_t *entries;
    uint32_t sector_size;
    uint32_t entry_size;
    uint32_t entry_count;
    uint32_t entries_size; /* bytes; whole sectors */
    uint64_t backup_lba;   /* the disk's last sector, where the backup's header belongs */
    uint64_t backup_entries_lba;
};

#define GPT_ENTRIES_LBA (GPT_PRIMARY_LBA + 1)

static bool gpt_extent(const struct gpt *gpt, uint32_t i, struct extent *extent)
{
    static const uint8_t unused[16];
    const struct gpt_entry *entry = (const void *)(gpt->entries + (size_t)i * gpt->entry_size);

    extent->first = get_le64(entry->first_lba);
    extent->end = get_le64(entry->last_lba) + 1;
    return memcmp(entry->type_guid, unused, sizeof(unused)) != 0;
}

/* Finds the wanted partition, and where the last one ends. */
static enum partition_room measure(const struct gpt *gpt, uint32_t number, struct partition_growth *growth)
{
    const uint64_t first_usable = get_le64(gpt->header->first_usable_lba);
    const uint64_t last_usable = get_le64(gpt->header->last_usable_lba);
    struct extent wanted, other;
    uint64_t last_end;

    if (number > gpt->entry_count || !gpt_extent(gpt, number - 1, &wanted) || last_usable >= gpt->backup_lba)
        return PARTITION_ROOM_INCONSISTENT;
    last_end = wanted.end;
    for (uint32_t i = 0; i < gpt->entry_count; i++) {
        if (!gpt_extent(gpt, i, &other))
            continue;
        if (other.first < first_usable || other.first >= other.end || other.end - 1 > last_usable
            || (i != number - 1 && overlap(&other, &wanted)))
            return PARTITION_ROOM_INCONSISTENT;
        if (other.end > last_end)
            last_end = other.end;
    }
    return judge(&wanted, last_end, gpt->backup_entries_lba, gpt->sector_size, growth);
}

/* The header as it shall lie at my_lba, in bytes. */
static void make_header(
    const struct gpt *gpt, uint64_t my_lba, uint64_t alternate_lba, uint64_t entries_lba, uint32_t crc, uint8_t *bytes)
{
    struct gpt_header *header = (void *)bytes;
    uint64_t last_usable = gpt->backup_entries_lba - 1;

    memcpy(bytes, gpt->header, gpt->sector_size);
    put_le64(header->my_lba, my_lba);
    put_le64(header->alternate_lba, alternate_lba);
    put_le64(header->last_usable_lba, last_usable);
    put_le64(header->entries_lba, entries_lba);
    put_le32(header->entries_crc, crc);
    put_le32(header->header_crc, gpt_header_crc(bytes, get_le32(header->header_size)));
}

/* The protective entry covers the whole disk, as far as 32 bits tell. A wrong one harms nobody but those who look. */
static void add_protective_mbr(const struct mbr *mbr, const struct gpt *gpt, struct partition_growth *growth)
{
    struct mbr *grown = (void *)growth->mbr;
    uint32_t sectors = gpt->backup_lba < UINT32_MAX ? (uint32_t)gpt->backup_lba : UINT32_MAX;

    memcpy(grown, mbr, sizeof(*grown));
    for (unsigned i = 0; i < MBR_PRIMARY_COUNT; i++) {
        if (grown->entries[i].type == MBR_TYPE_GPT_PROTECTIVE)
            put_le32(grown->entries[i].sectors, sectors);
    }
    if (memcmp(grown, mbr, sizeof(*grown)) != 0)
        add_write(growth, 0, growth->mbr, sizeof(growth->mbr));
}

static void add_gpt(const struct gpt *gpt, uint32_t number, struct partition_growth *growth)
{
    struct gpt_entry *entry = (void *)(growth->entries + (size_t)(number - 1) * gpt->entry_size);
    const uint64_t sector_size = gpt->sector_size;
    uint32_t crc;

    memcpy(growth->entries, gpt->entries, gpt->entries_size);
    put_le64(entry->last_lba, (growth->start + growth->new_size) / sector_size - 1);
    crc = libdeflate_crc32(0, growth->entries, gpt->entries_size);
    make_header(gpt, gpt->backup_lba, GPT_PRIMARY_LBA, gpt->backup_entries_lba, crc, growth->backup_header);
    make_header(gpt, GPT_PRIMARY_LBA, gpt->backup_lba, gpt->backup_entries_lba, crc, growth->header_there);
    make_header(gpt, GPT_PRIMARY_LBA, gpt->backup_lba, GPT_ENTRIES_LBA, crc, growth->header);
    add_write(growth, gpt->backup_entries_lba * sector_size, growth->entries, gpt->entries_size);
    add_write(growth, gpt->backup_lba * sector_size, growth->backup_header, gpt->sector_size);
    add_write(growth, GPT_PRIMARY_LBA * sector_size, growth->header_there, gpt->sector_size);
    add_write(growth, GPT_ENTRIES_LBA * sector_size, growth->entries, gpt->entries_size);
    add_write(growth, GPT_PRIMARY_LBA * sector_size, growth->header, gpt->sector_size);
}

/* What was left halfway: the entries that count lie before the backup's header, and are brought home. */
static void add_end(struct gpt *gpt, uint64_t backup_lba, struct partition_growth *growth)
{
    gpt->backup_lba = backup_lba;
    gpt->backup_entries_lba = get_le64(gpt->header->entries_lba);
    memcpy(growth->entries, gpt->entries, gpt->entries_size);
    make_header(gpt, GPT_PRIMARY_LBA, backup_lba, GPT_ENTRIES_LBA, get_le32(gpt->header->entries_crc), growth->header);
    add_write(growth, GPT_ENTRIES_LBA * (uint64_t)gpt->sector_size, growth->entries, gpt->entries_size);
    add_write(growth, GPT_PRIMARY_LBA * (uint64_t)gpt->sector_size, growth->header, gpt->sector_size);
}

static bool is_hybrid(const struct mbr *mbr)
{
    for (unsigned i = 0; i < MBR_PRIMARY_COUNT; i++) {
        if (mbr->entries[i].type != 0 && mbr->entries[i].type != MBR_TYPE_GPT_PROTECTIVE)
            return true;
    }
    return false;
}

static enum partition_room plan_gpt(const struct device_view *disk, const struct mbr *mbr, uint32_t sector_size,
    uint32_t number, struct partition_growth *growth)
{
    struct gpt gpt = {.header = gpt_read_header(disk, sector_size, GPT_PRIMARY_LBA), .sector_size = sector_size};
    uint64_t entries_lba, entries_size;
    enum partition_room room;
    bool is_usual;
    int result;

    result = gpt.header ? gpt_read_entries(disk, sector_size, gpt.header, &gpt.entries) : -EILSEQ;
    if (result < 0)
        return result == -EOVERFLOW ? PARTITION_ROOM_UNUSUAL : PARTITION_ROOM_INCONSISTENT;
    gpt.entry_size = get_le32(gpt.header->entry_size);
    gpt.entry_count = get_le32(gpt.header->entry_count);
    gpt.backup_lba = disk->device_size / sector_size - 1;
    entries_lba = get_le64(gpt.header->entries_lba);
    entries_size = (uint64_t)gpt.entry_count * gpt.entry_size;
    if (entries_size == 0 || entries_size % sector_size != 0 || entries_size / sector_size >= gpt.backup_lba)
        return PARTITION_ROOM_UNUSUAL;
    gpt.entries_size = (uint32_t)entries_size;
    gpt.backup_entries_lba = gpt.backup_lba - entries_size / sector_size;
    is_usual = entries_size <= sizeof(growth->entries);
    if (is_usual && entries_lba != GPT_ENTRIES_LBA
        && entries_lba + entries_size / sector_size == get_le64(gpt.header->alternate_lba)) {
        add_end(&gpt, get_le64(gpt.header->alternate_lba), growth);
        return PARTITION_ROOM_UNFINISHED;
    }
    room = measure(&gpt, number, growth);
    if (room != PARTITION_ROOM_SOME)
        return room;
    if (!is_usual || entries_lba != GPT_ENTRIES_LBA)
        return PARTITION_ROOM_UNUSUAL;
    if (is_hybrid(mbr))
        return PARTITION_ROOM_HYBRID;
    add_protective_mbr(mbr, &gpt, growth);
    add_gpt(&gpt, number, growth);
    return room;
}

enum partition_room partition_growth_plan(
    const struct device_view *disk, uint32_t sector_size, uint32_t number, struct partition_growth *growth)
{
    const struct mbr *mbr;

    *growth = (struct partition_growth){0};
    if (sector_size < sizeof(*mbr) || sector_size > PARTITION_GROWTH_SECTOR_SIZE || ALIGNMENT % sector_size != 0
        || disk->device_size < PARTITION_GROWTH_LEAST || number == 0)
        return PARTITION_ROOM_INCONSISTENT;
    mbr = mbr_read(disk, sector_size);
    if (!mbr)
        return PARTITION_ROOM_INCONSISTENT;
    if (mbr_announces_gpt(mbr))
        return plan_gpt(disk, mbr, sector_size, number, growth);
    return plan_mbr(mbr, disk->device_size / sector_size, sector_size, number, growth);
}
