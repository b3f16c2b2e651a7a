/* A medium of a live system, as far as it can be told whether an image boots it: the images on it, and what a kernel
 * must know to mount them. */
#ifndef KINDLING_LIVE_MEDIUM_H
#define KINDLING_LIVE_MEDIUM_H

#include <stdbool.h>

#include "base/buffer.h"
#include "base/string_list.h"

struct live_medium {
    struct string_list images;             /* their paths; none: it is no such medium */
    struct string_list types;              /* their file systems: "squashfs", "erofs" */
    struct string_list compressor_options; /* the kernel's that read the squashfs: "CONFIG_SQUASHFS_ZSTD" */
    char *refusal;                         /* the sentence why no image boots it; NULL */
    bool has_hash;                         /* of an image, for dm-verity */
    char *cmdline;                         /* what its boot loader gives the kernel at first; NULL: not known */
};

/* Reads an ISO image, or a disc. Pure. 0 or -errno; live_medium_free in both cases. */
int live_medium_read(const char *path, struct live_medium *medium);
void live_medium_free(struct live_medium *medium);

/* The initramfs that `kindling iso` puts on a medium, appended to bytes. Pure. 0 or -errno. */
int live_medium_read_initrd(const char *path, struct buffer *bytes);

#endif
