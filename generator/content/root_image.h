/* A root as one file: a squashfs or an erofs, for a live system. */
#ifndef KINDLING_ROOT_IMAGE_H
#define KINDLING_ROOT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/scratch.h"
#include "base/string_list.h"

/* "squashfs" or "erofs", by a file's first bytes; NULL for what is neither. */
const char *root_image_type(const uint8_t *head, size_t size);

/* Refuses a file that is neither. Logs. 0 or -errno. */
int root_image_check(const char *path);

/* Finds the file of source: itself, or what mksquashfs makes of a directory, below the scratch directory, which is made
 * when there is none; the same bytes each time. Returns 0 and a new string, or -errno after it logged. */
int root_image_find(const char *source, struct scratch *scratch, char **file);

#endif
