/* Which entries of an image are kernel modules, whoever made it. Pure. */
#ifndef KINDLING_IMAGE_MODULE_H
#define KINDLING_IMAGE_MODULE_H

#include <stdbool.h>

#include "archive/image.h"

bool image_module_is(const struct image_entry *entry);
/* The name of a module, which is the same whatever its kernel's release, directory and compressor, as a new string. */
char *image_module_name(const struct image_entry *entry);

#endif
