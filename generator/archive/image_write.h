/* Writes images with libarchive. */
#ifndef KINDLING_IMAGE_WRITE_H
#define KINDLING_IMAGE_WRITE_H

#include "archive/compress.h"
#include "archive/image.h"

/* Writes the image's entries, in their order, as a newc archive. Lazy members are stored, the rest is deflated. name
 * is the file's, for the messages. Logs. 0 or -errno. */
int image_write(const struct image *image, struct compress_stream *stream, const char *name);

#endif
