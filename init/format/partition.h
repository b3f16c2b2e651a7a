/*
 * A partition's entry, told from the first bytes of its whole disk: GPT (UEFI specification, chapter 5) and
 * MBR. Pure: no I/O, bounded. The kernel has found the partitions; here their names are looked up, so the rules
 * for what is a table are the kernel's (block/partitions/efi.c, msdos.c): the backup GPT is consulted where nothing
 * else can have told the kernel of the partitions.
 */
#ifndef KINDLING_PARTITION_H
#define KINDLING_PARTITION_H

#include <stdbool.h>
#include <stdint.h>

#include "format/device_view.h"

/* How much of the disk's start is to be in view: the usual 128 entries of a GPT on 4,096-byte sectors, and some more. A
 * table that is larger, or lies elsewhere, is wanted. */
#define PARTITION_TABLE_SIZE 40960u

/* The same of the disk's end: a backup GPT of the usual size on 4,096-byte sectors. */
#define PARTITION_TAIL_SIZE 20480u

#define PARTITION_UUID_SIZE 37u   /* text form with its NUL; MBR uses "SSSSSSSS-PP" */
#define PARTITION_LABEL_SIZE 109u /* 36 UTF-16 units as UTF-8, with the NUL */

/* GPT attribute bits of the Discoverable Partitions Specification. */
#define PARTITION_READ_ONLY (UINT64_C(1) << 60)
#define PARTITION_NO_AUTO (UINT64_C(1) << 63)

struct partition {
    uint32_t number;
    char uuid[PARTITION_UUID_SIZE];      /* lower case */
    char type_uuid[PARTITION_UUID_SIZE]; /* GPT: lower case; MBR: "0x83", "" for a logical partition */
    char label[PARTITION_LABEL_SIZE];    /* GPT: UTF-8 as it lies on the disk, not fit for a terminal; else "" */
    uint64_t attributes;                 /* GPT attribute bits; MBR: 0x80 when active */
};

/* The entry of partition `number` (1-based, the kernel's PARTN) of a disk. sector_size: the disk's logical sector in
 * bytes. Header and entry CRCs are verified. A logical MBR partition (5 and up) has its UUID from the disk's signature
 * and its number; its own entry lies elsewhere. Returns 0 and fills *found, or
 *   -ENOENT    there is a table, but no such partition in it
 *   -EILSEQ    a GPT is announced (protective MBR), but its header or its entries are broken, or beyond the disk
 *   -EOVERFLOW the GPT's entries are not in view: they are wanted (disk->wanted), or more than the kernel takes
 *   -ENODATA   no table that we know */
int partition_find(const struct device_view *disk, uint32_t sector_size, uint32_t number, struct partition *found);

/* The same from the backup GPT, whose header is the disk's last sector. The kernel takes it when it was told `gpt` and
 * the primary one is broken; it does not ask for a protective MBR then. */
int partition_find_backup(
    const struct device_view *disk, uint32_t sector_size, uint32_t number, struct partition *found);

/* True when some partition of the disk covers the byte at `offset`: whose the bytes there are, the disk's or the
 * partition's. A table that is broken or not in view, though wanted, covers nothing, nor does a partition that does not
 * fit on the disk. */
bool partition_covers(const struct device_view *disk, uint32_t sector_size, uint64_t offset);

/* The GPT types of this architecture's root file system and of its /usr (Discoverable Partitions Specification), lower
 * case; "" for an architecture that has none. */
const char *partition_root_type(void);
const char *partition_usr_type(void);

#endif
