/*
 * How the last partition of a disk that has become larger is made to fill it: what is to be written, and in which
 * order. Pure: no I/O.
 *
 * Whatever moment the power goes at, the kernel finds a valid table, if the disk writes one sector whole or not at all:
 * it takes the primary GPT only (block/partitions/efi.c), whose header has a checksum of all entries, so that header
 * and entries must never disagree. The new entries go to the disk's end first, where the backup GPT lies; then the
 * primary header is made to point there, which is one sector; then the primary entries are written; then the header
 * points at them again. A GPT that was left halfway is known by a primary header that points at the backup's entries.
 * In an MBR all is one sector.
 */
#ifndef KINDLING_PARTITION_GROWTH_H
#define KINDLING_PARTITION_GROWTH_H

#include <stddef.h>
#include <stdint.h>

#include "format/device_view.h"

/* What is not worth a write, in bytes; growpart's --fudge. */
#define PARTITION_GROWTH_LEAST (UINT64_C(1) << 20)

enum partition_room {
    PARTITION_ROOM_NONE,         /* it fills the disk already */
    PARTITION_ROOM_SOME,         /* it can grow */
    PARTITION_ROOM_UNFINISHED,   /* its table was left halfway: that is brought to its end, then ask again */
    PARTITION_ROOM_NOT_ITS,      /* another partition is behind it */
    PARTITION_ROOM_INCONSISTENT, /* the table is broken, or contradicts itself or the disk */
    PARTITION_ROOM_EXTENDED,     /* an MBR with logical partitions */
    PARTITION_ROOM_HYBRID,       /* a GPT that an MBR mirrors */
    PARTITION_ROOM_UNUSUAL       /* a GPT whose entries lie elsewhere, are more than usual, or not in view */
};

#define PARTITION_GROWTH_ENTRIES_SIZE 16384u /* 128 entries of 128 bytes, as all tools make them */
#define PARTITION_GROWTH_SECTOR_SIZE 4096u   /* the largest */
#define PARTITION_GROWTH_WRITES 6u

struct partition_write {
    uint64_t offset; /* bytes from the disk's beginning */
    const uint8_t *bytes;
    size_t size;
};

struct partition_growth {
    uint64_t start; /* all three in bytes */
    uint64_t size;
    uint64_t new_size;
    struct partition_write writes[PARTITION_GROWTH_WRITES]; /* each must be on the disk before the next is begun */
    size_t write_count;

    /* What they write. */
    uint8_t mbr[512];
    uint8_t entries[PARTITION_GROWTH_ENTRIES_SIZE];
    uint8_t backup_header[PARTITION_GROWTH_SECTOR_SIZE];
    uint8_t header_there[PARTITION_GROWTH_SECTOR_SIZE]; /* the primary one, which points at the backup's entries */
    uint8_t header[PARTITION_GROWTH_SECTOR_SIZE];
};

/* Looks at the disk's table, of which the head (PARTITION_TABLE_SIZE) and the tail (PARTITION_TAIL_SIZE) are to be in
 * view; what else it takes is wanted. sector_size: the disk's logical sector in bytes; number: as partition_find's.
 * Fills *growth, whose writes are none unless there is something to do. */
enum partition_room partition_growth_plan(
    const struct device_view *disk, uint32_t sector_size, uint32_t number, struct partition_growth *growth);

#endif
