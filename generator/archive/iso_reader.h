/* Files of an ISO 9660 file system, read by libarchive. */
#ifndef KINDLING_ISO_READER_H
#define KINDLING_ISO_READER_H

#include <stdbool.h>

#include "base/buffer.h"

struct iso_file {
    char *name;    /* without a leading '/' */
    uint64_t size; /* bytes */
    struct buffer head;
};

struct iso_files {
    struct iso_file *items; /* in the order of their names */
    size_t count;
};

/* Lists the regular files whose names are wanted, with the first bytes of each, `most` at most (SIZE_MAX: all of it).
 * Pure. 0 or -errno, -EMEDIUMTYPE for what is no such file system. iso_files_free in both cases. */
int iso_files_read(const char *path, bool (*is_wanted)(const char *name), size_t most, struct iso_files *files);
void iso_files_free(struct iso_files *files);

#endif
