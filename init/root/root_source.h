/* Where a root may come from. A kind of source is a row of the table in root.c, with a file of its own. */
#ifndef KINDLING_ROOT_SOURCE_H
#define KINDLING_ROOT_SOURCE_H

#include "boot.h"
#include "root/mount_options.h"

struct root_source {
    /* True when the command line asks for such a root. The first source of the table that is asked for is taken; NULL
     * for block_root, which is when none is. */
    bool (*is_asked_for)(const struct boot *boot);

    bool writes_elsewhere; /* what it mounts is written to already, or is not to be: rd.overlay is its own business */

    /* The rest return 0, or a -errno after they noted the failure. */
    int (*find)(struct boot *boot);  /* waits until it is there; at once when it is. NULL: mounting it tells */
    int (*check)(struct boot *boot); /* its file system; may set boot->read_only. NULL: it needs none */
    int (*mount)(struct boot *boot, const struct mount_options *options); /* at IMAGE_ROOT_PATH, which is there */
};

extern const struct root_source block_root;          /* a block device */
extern const struct root_source live_root;           /* an image on a medium, or in the initramfs */
extern const struct root_source shared_root;         /* a directory that the host shares */
extern const struct root_source zfs_root;            /* a dataset of a ZFS pool */
extern const struct root_source network_root_source; /* a directory of a server's, or disks that come over a network */

const struct root_source *root_source(const struct boot *boot);

#endif
