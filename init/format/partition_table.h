/*
 * How partition tables lie on a disk: GPT (UEFI specification, chapter 5) and MBR. For those who read or write them
 * (partition.c, partition_growth.c).
 */
#ifndef KINDLING_PARTITION_TABLE_H
#define KINDLING_PARTITION_TABLE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/device_view.h"

/* All fields are bytes, so that the structs have neither padding nor alignment. */
struct mbr_entry {
    uint8_t boot_indicator;
    uint8_t first_chs[3];
    uint8_t type;
    uint8_t last_chs[3];
    uint8_t first_lba[4];
    uint8_t sectors[4];
};
static_assert(sizeof(struct mbr_entry) == 16, "MBR entry");

struct mbr {
    uint8_t boot_code[440];
    uint8_t disk_signature[4];
    uint8_t unknown[2];
    struct mbr_entry entries[4];
    uint8_t magic[2];
};
static_assert(offsetof(struct mbr, entries) == 446, "MBR entries");
static_assert(offsetof(struct mbr, magic) == 510, "MBR magic");

struct gpt_header {
    uint8_t signature[8];
    uint8_t revision[4];
    uint8_t header_size[4];
    uint8_t header_crc[4];
    uint8_t reserved[4];
    uint8_t my_lba[8];
    uint8_t alternate_lba[8];
    uint8_t first_usable_lba[8];
    uint8_t last_usable_lba[8];
    uint8_t disk_guid[16];
    uint8_t entries_lba[8];
    uint8_t entry_count[4];
    uint8_t entry_size[4];
    uint8_t entries_crc[4];
};
static_assert(offsetof(struct gpt_header, entries_lba) == 72, "GPT header");
static_assert(sizeof(struct gpt_header) == 92, "GPT header");

#define GPT_NAME_UNITS 36

struct gpt_entry {
    uint8_t type_guid[16];
    uint8_t guid[16];
    uint8_t first_lba[8];
    uint8_t last_lba[8];
    uint8_t attributes[8];
    uint8_t name[2 * GPT_NAME_UNITS];
};
static_assert(offsetof(struct gpt_entry, name) == 56, "GPT entry");
static_assert(sizeof(struct gpt_entry) == 128, "GPT entry");

#define MBR_PRIMARY_COUNT 4
#define MBR_ACTIVE 0x80
#define MBR_TYPE_GPT_PROTECTIVE 0xee
#define GPT_PRIMARY_LBA 1

/* NULL when the disk has none that is valid. sector_size: the disk's logical sector in bytes. */
const struct mbr *mbr_read(const struct device_view *disk, uint32_t sector_size);

/* True when the MBR is the protective one of a GPT. A hybrid one mirrors some partitions beside the protective entry;
 * the kernel follows the GPT then. */
bool mbr_announces_gpt(const struct mbr *mbr);

bool mbr_has_logical_partitions(const struct mbr *mbr);

/* CRC-32 of the header with its own CRC field as zeros. */
uint32_t gpt_header_crc(const uint8_t *header, size_t header_size);

/* The header at that sector, verified; NULL when there is none, or it is not in view. */
const struct gpt_header *gpt_read_header(const struct device_view *disk, uint32_t sector_size, uint64_t lba);

/* Its array of entries, verified. Returns 0, -EILSEQ when it is broken, or -EOVERFLOW when it is not in view. */
int gpt_read_entries(
    const struct device_view *disk, uint32_t sector_size, const struct gpt_header *header, const uint8_t **entries);

#endif
