/* Whether a block device is what somebody calls by a name. */
#ifndef KINDLING_BLOCK_DEVICE_MATCH_H
#define KINDLING_BLOCK_DEVICE_MATCH_H

#include <stdbool.h>

#include "device/block_device.h"
#include "name/device_ref.h"

/* True when ref names the device; reads just what that takes. */
bool block_device_matches(struct block_device *device, const struct device_ref *ref);

/* The same for a name as root= has it; false for "" and for what is none. */
bool block_device_is_called(struct block_device *device, const char *spec);
/* The first of them that is called so, or NULL. */
struct block_device *block_devices_find_called(const struct block_devices *blocks, const char *spec);

#endif
