/* The way to a file of the sysroot, made in an image: files go there under their own names. */
#ifndef KINDLING_SYSROOT_WALK_H
#define KINDLING_SYSROOT_WALK_H

#include "archive/image.h"

/* Where a way ends: at a regular file. */
struct sysroot_place {
    char *name;   /* the file's in the image; no directory of it is a symlink there. Owned */
    char *source; /* where it lies on this host; owned */
    mode_t permissions;
};

/*
 * Adds each symlink on the way to the file at an absolute path (/lib64 -> usr/lib64, libc.so.6 -> libc-2.31.so) as a
 * symlink, and tells where the file itself has to go. Where the image has a directory in the place of a symlink (its
 * own /lib against a merged /usr), what lies behind the symlink goes into that directory: the path leads to the file
 * all the same. 0 or -errno; sysroot_place_free after a success.
 */
int sysroot_walk(
    struct image *image, const char *sysroot, const char *path, const char *origin, struct sysroot_place *place);
void sysroot_place_free(struct sysroot_place *place);

#endif
