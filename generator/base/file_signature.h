/* What tells a file from others without reading it. */
#ifndef KINDLING_FILE_SIGNATURE_H
#define KINDLING_FILE_SIGNATURE_H

#include <sys/stat.h>

#include "base/buffer.h"

/* Appends what tells a file from another, and from itself with other content: name, size, times, and number. Times of
 * status changes cannot be set by anybody. */
void file_signature_add_status(struct buffer *signature, const char *name, const struct stat *status);
/* The same for the file at path, whether there is one or not. */
void file_signature_add(struct buffer *signature, const char *path);

#endif
