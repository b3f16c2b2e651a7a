/* Paths in an image, as the kernel and /init will follow them once it is unpacked. Pure. */
#ifndef KINDLING_IMAGE_PATH_H
#define KINDLING_IMAGE_PATH_H

#include "archive/image.h"

/* The regular file at this path whose directories are there too; NULL when there is none. Symbolic links are
 * followed. */
const struct image_entry *image_path_find(const struct image *image, const char *path);

#endif
