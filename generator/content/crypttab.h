/* The lines of the system's /etc/crypttab that an image for it wants. */
#ifndef KINDLING_CONTENT_CRYPTTAB_H
#define KINDLING_CONTENT_CRYPTTAB_H

#include "archive/image.h"
#include "base/string_list.h"
#include "feature/wanted.h"

/*
 * Those of the volumes that the root, /usr and resume= stand on, and those with the option initramfs or
 * x-initrd.attach. A key's file is named in the image only where it lies there already: nobody's key goes into an image
 * unasked. An option that /init does not honour is an error, and one that takes a program that is not
 * wanted. Logs. 0 or -errno.
 */
int crypttab_add(struct image *image, const struct wanted *wanted, const char *sysroot, struct string_list *inputs);

#endif
