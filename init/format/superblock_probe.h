/* Between superblock.c, which has the table, and the files that know the formats. */
#ifndef KINDLING_SUPERBLOCK_PROBE_H
#define KINDLING_SUPERBLOCK_PROBE_H

#include <stdbool.h>

#include "format/superblock.h"
#include "format/utf16.h"
#include "format/uuid.h"

/* What ends the boot sector of a FAT, an exFAT and an NTFS. */
#define BOOT_SECTOR_MAGIC 0xaa55

/* The structs of the formats have fields of bytes alone, so that they have neither padding nor alignment. */

/* True when the view is of the probe's format; then uuid, label, member_uuid and device_count are filled. *found is
 * zero before, with usage and type already set from the table; what a probe leaves there when it says no is dropped. */
typedef bool superblock_probe(const struct device_view *view, struct superblock *found);

superblock_probe superblock_probe_md;
superblock_probe superblock_probe_ddf;
superblock_probe superblock_probe_isw;
/* By the type that found has: of whose firmware. */
superblock_probe superblock_probe_ata_raid;
superblock_probe superblock_probe_bcache;
superblock_probe superblock_probe_lvm2;
superblock_probe superblock_probe_luks;
superblock_probe superblock_probe_bitlocker;
superblock_probe superblock_probe_verity;
superblock_probe superblock_probe_integrity;
superblock_probe superblock_probe_zfs;

superblock_probe superblock_probe_ext;
superblock_probe superblock_probe_xfs;
superblock_probe superblock_probe_btrfs;
superblock_probe superblock_probe_f2fs;
superblock_probe superblock_probe_squashfs;
superblock_probe superblock_probe_erofs;
superblock_probe superblock_probe_swap;
superblock_probe superblock_probe_swsuspend;

superblock_probe superblock_probe_vfat;
superblock_probe superblock_probe_exfat;
superblock_probe superblock_probe_ntfs;
superblock_probe superblock_probe_iso9660;

/* By the type that found has: which of the file systems that few roots have. */
superblock_probe superblock_probe_rare;

/* Sets the label from up to `size` bytes, which may end at a NUL; trailing blanks go. */
void superblock_set_label(struct superblock *found, const void *label, size_t size);

/* The same from up to `count` units of UTF-16; UTF16_TEXT_SIZE(count) <= SUPERBLOCK_LABEL_SIZE. */
void superblock_set_utf16_label(struct superblock *found, const uint8_t *units, size_t count, enum utf16_order order);

/* Sets the UUID to a serial number's upper-case hex: "ABCD-1234" with a dash before the last two bytes, or without it.
 * serial: little-endian, of size bytes, at most 8; zero is none. */
void superblock_set_serial(struct superblock *found, const uint8_t *serial, unsigned size, bool has_dash);

/* A binary UUID as text; one of zeros only is none. */
void superblock_format_uuid(char text[SUPERBLOCK_UUID_SIZE], const uint8_t uuid[UUID_SIZE]);

/* True for 1, 2, 4, ... */
bool superblock_is_power_of_two(uint64_t value);

#endif
