/* Files that go from the sysroot into an image under their own names, with the symlinks that lead to them. */
#ifndef KINDLING_SYSROOT_COPY_H
#define KINDLING_SYSROOT_COPY_H

#include "archive/image.h"
#include "base/string_list.h"

/*
 * Adds the file at an absolute path, and each symlink on the way to it (/lib64 -> usr/lib64, libc.so.6 -> libc-2.31.so)
 * as a symlink. Where the image has a directory in the place of a symlink (its own /lib against a merged /usr), what
 * lies behind the symlink goes into that directory: the path leads to the file all the same. What the image has already
 * stays. The file's place on the host is added to inputs. 0 or -errno.
 */
int sysroot_copy(
    struct image *image, const char *sysroot, const char *path, const char *origin, struct string_list *inputs);

#endif
