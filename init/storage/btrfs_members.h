/* A btrfs file system that spans several devices: they have its UUID in common, and the kernel must be told of each. */
#ifndef KINDLING_BTRFS_MEMBERS_H
#define KINDLING_BTRFS_MEMBERS_H

#include <stdbool.h>

#include "device/block_device.h"

/* True when both are members of one btrfs, and not copies of the same member. */
bool btrfs_same_file_system(struct block_device *a, struct block_device *b);

/* How many members of device's file system have come, and how many it has. 1 of 1 when it is no btrfs. */
struct btrfs_count {
    uint64_t there;
    uint64_t all;
};

struct btrfs_count btrfs_count_members(struct block_devices *devices, struct block_device *device);

/* Tells the kernel of all members that are there, so that any of them can be mounted. The btrfs module must be
 * loaded. Returns 0 or -errno. */
int btrfs_register_members(struct block_devices *devices, struct block_device *device);

#endif
