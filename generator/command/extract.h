/* `kindling extract`: the entries of an image as files below a directory, and nowhere else. */
#ifndef KINDLING_EXTRACT_H
#define KINDLING_EXTRACT_H

#include "archive/image.h"

/* argv[0] is the program's name. Returns the exit status. */
int extract_main(int argc, char **argv);

/*
 * Writes an image's entries below a directory, which is made if need be. What is there under the same names is
 * replaced, but for directories. No symlink is ever followed, be it of the image or of the directory, and a name that
 * leads out of the directory refuses the whole image before anything is written. Owners and set-id bits are not
 * restored; device nodes are left out where the user may not make them. Logs. 0 or -errno.
 */
int extract_image(const struct image *image, const char *directory);

#endif
