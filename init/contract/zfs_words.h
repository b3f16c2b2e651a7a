/* What the kernel command line says of a root in a ZFS pool: the words of Debian's zfs-initramfs and of dracut's module
 * zfs (dracut.zfs(7)). Pure. */
#ifndef KINDLING_ZFS_WORDS_H
#define KINDLING_ZFS_WORDS_H

#include <stdbool.h>

#include "contract/cmdline.h"

#define ZFS_NAME_SIZE 256u /* of a pool or a dataset with its NUL: ZFS_MAX_DATASET_NAME_LEN */

struct zfs_words {
    char dataset[ZFS_NAME_SIZE]; /* "POOL/ROOT/debian", or a pool's own, "POOL"; "" for what a pool's bootfs says */
    char pool[ZFS_NAME_SIZE];    /* "" for any whose bootfs says something */
    bool is_forced;              /* the pool may have been another system's */
};

/* Returns 1 when they name such a root, 0 when there is none, or -ENAMETOOLONG. */
int zfs_words_read(const struct cmdline *cmdline, struct zfs_words *words);

#endif
