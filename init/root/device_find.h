/* The devices that a boot wants beside its root: for resume=, /usr and the overlay. */
#ifndef KINDLING_DEVICE_FIND_H
#define KINDLING_DEVICE_FIND_H

#include "boot.h"

/*
 * Waits for the device that spec names, no longer than for a root and than seconds (0: as long as for a root).
 * what: who wants it ("resume="). Returns 0 and *device, which stays valid until the next event is taken in; -EINVAL
 * for what is no reference to a block device, -ETIMEDOUT when none came, -ENOTUNIQ when several have that name, -ENODEV
 * when the root went away meanwhile, or another -errno. boot->root may move.
 */
int device_find(struct boot *boot, const char *what, const char *spec, uint64_t seconds, struct block_device **device);

/* The reason of a failure of device_find in words. */
const char *device_find_error(int error);

#endif
