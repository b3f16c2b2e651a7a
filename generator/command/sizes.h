/*
 * `kindling ls --size`: what takes the room in an image, as a bar chart, modules first, then all other files, each by
 * size. Two sizes of each: packed, as the archive holds it, and unpacked, as it is when it is used. For a member that
 * lies compressed on its own these differ; what compresses the archive as a whole is told of all files at once.
 */
#ifndef KINDLING_SIZES_H
#define KINDLING_SIZES_H

#include <stddef.h>

#include "archive/image.h"

/* Of some entries of the image at path; their shares are those of all. Logs. Returns 0 or -errno. */
int sizes_print(const struct image *image, const char *path, const struct image_entry *const *entries, size_t count);

#endif
