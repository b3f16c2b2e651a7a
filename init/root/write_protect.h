/* A block device that must not be written to. */
#ifndef KINDLING_WRITE_PROTECT_H
#define KINDLING_WRITE_PROTECT_H

#include "boot.h"

/* Makes the kernel refuse whatever would write to the device (NULL: there is none): not even a journal is replayed.
 * Returns 0, or a -errno after it noted the failure. */
int write_protect(struct boot *boot, const struct block_device *device);

/* True when the kernel refuses to write to the block device of that path. */
bool is_write_protected(const char *path);

#endif
