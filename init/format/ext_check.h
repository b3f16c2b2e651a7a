/*
 * Whether an ext2, ext3 or ext4 file system is due for a check: whether `e2fsck -p` would do more than say "clean".
 * Pure. Follows e2fsck's own rules (e2fsck(8) and its check of the superblock), as far as the superblock tells:
 * group descriptors, the backup superblocks and the journal's own superblock are not looked at. (On a file system
 * with a journal e2fsck counts its own bytes into the lifetime writes even when it says "clean".)
 */
#ifndef KINDLING_EXT_CHECK_H
#define KINDLING_EXT_CHECK_H

#include <stdint.h>

#include "format/ext_superblock.h"

enum ext_check {
    EXT_CHECK_NONE,    /* not due */
    EXT_CHECK_ROUTINE, /* after so many mounts or days; nothing hints at damage */
    EXT_CHECK_NEEDED
};

/* superblock: the EXT_SUPERBLOCK_SIZE bytes at EXT_SUPERBLOCK_OFFSET of the device. now: seconds since 1970, the
 * system clock; rules about time are left out when it is before 2010, as e2fsck does.
 * *why is a static phrase that follows a name, unless none is due: "was not cleanly unmounted". */
enum ext_check ext_check_due(const uint8_t superblock[EXT_SUPERBLOCK_SIZE], int64_t now, const char **why);

#endif
