/* What a block device is made of, as far as it has to be put together before anything can be mounted from it: told by
 * /sys of a sysroot. Pure. */
#ifndef KINDLING_BLOCK_STACK_H
#define KINDLING_BLOCK_STACK_H

#include <stdbool.h>

/* One layer of it. */
struct block_stack {
    const char *name; /* as people call it: "LVM" */
    const char *type; /* of what it is made of, as a feature's line layer names it: "LVM2_member"; NULL: of no disk */
    const char *feature; /* that of the image which puts it together: "lvm"; NULL: there never is one */
    bool is_remote;      /* it comes over a network, by a card of the machine's */
};

/*
 * Calls take for the device at a path of /sys and for all that it is made of, one layer after the other, the upper ones
 * first, with the kernel's name of the device; stops when take returns true. Returns whether it did.
 */
bool block_stack_find(const char *sysroot, const char *path,
    bool (*take)(void *context, const struct block_stack *stack, const char *device), void *context);
/* The layer that a device is, by its directory, which is canonical: "/sys/devices/virtual/block/dm-0"; NULL: none. */
const struct block_stack *block_stack_of(const char *sysroot, const char *directory);
/* The layer that a file system type stands for by itself: zfs, or one of the network's. NULL: none. */
const struct block_stack *block_stack_of_type(const char *type);
/* What /etc/crypttab sets up. */
extern const struct block_stack block_stack_luks;

#endif
