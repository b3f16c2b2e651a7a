/* `kindling check`: says before the reboot whether an image can boot. */
#ifndef KINDLING_CHECK_H
#define KINDLING_CHECK_H

#include "archive/image.h"
#include "base/string_list.h"

int check_main(int argc, char **argv);

/* Warns of each machine that an image, made by us a moment ago, cannot boot on although its kernel could. path: for
 * the messages. */
void check_built_image(const struct image *image, const char *path, const struct string_list *machines);

#endif
