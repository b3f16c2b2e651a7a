/* What stands between a device and the machine it is in, as /sys of a sysroot tells: every bus and controller. Pure. */
#ifndef KINDLING_DEVICE_CHAIN_H
#define KINDLING_DEVICE_CHAIN_H

#include "base/string_list.h"

struct device_chain {
    const char *sysroot;
    struct string_list visited; /* directories of /sys */
    struct string_list aliases; /* what the devices are: their modaliases */
    struct string_list drivers; /* the modules that drive them now */
};

/*
 * Adds the device at a path of /sys (symlinks are followed), all above it, and all that it is made of: the slaves of a
 * stacked block device, the paths of a multipath one. 0, or -errno when there is no such device.
 */
int device_chain_add(struct device_chain *chain, const char *path);
void device_chain_free(struct device_chain *chain);

#endif
