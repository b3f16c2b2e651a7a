/* A root that is only read, with an overlay that takes what is written to it. */
#ifndef KINDLING_OVERLAY_H
#define KINDLING_OVERLAY_H

#include "boot.h"

/* Makes the kernel refuse whatever would write to the device (NULL: there is none): not even a journal is replayed.
 * Returns 0, or a -errno after it noted the failure. */
int overlay_protect(struct boot *boot, const struct block_device *device);

#endif
