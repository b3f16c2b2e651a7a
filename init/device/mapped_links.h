/* The links that udev would make for device-mapper's devices; a boot has none. */
#ifndef KINDLING_MAPPED_LINKS_H
#define KINDLING_MAPPED_LINKS_H

#include <stdbool.h>

#include "device/uevent.h"

/*
 * Takes in the event of a block device: of a mapped one that is ready, the links /dev/mapper/NAME and, for a logical
 * volume, /dev/GROUP/VOLUME are made. A node or link of that name that its maker left there is replaced: the real
 * root's udev makes no link where a node lies. Returns false for a mapped device that is not to be read: yet, for want
 * of a table that was resumed, which another event will tell; or ever, as a part of a logical volume. True for any
 * other device. Failures are logged.
 */
bool mapped_links_handle(const struct uevent *event);

#endif
