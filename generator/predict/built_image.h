/* What a build says of the image that it has just made. */
#ifndef KINDLING_BUILT_IMAGE_H
#define KINDLING_BUILT_IMAGE_H

#include "archive/image.h"
#include "base/string_list.h"

/* Warns of each machine that the image cannot boot on although its kernel could. path: for the messages. */
void built_image_check(const struct image *image, const char *path, const struct string_list *machines);

#endif
