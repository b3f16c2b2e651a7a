/* A root as one file: a squashfs or an erofs, for a live system. */
#ifndef KINDLING_ROOT_IMAGE_H
#define KINDLING_ROOT_IMAGE_H

#include "base/scratch.h"
#include "base/string_list.h"

/* Finds the file of source: itself, or what mksquashfs makes of a directory, below the scratch directory, which is made
 * when there is none; the same bytes each time. Returns 0 and a new string, or -errno after it logged. */
int root_image_find(const char *source, struct scratch *scratch, char **file);

#endif
