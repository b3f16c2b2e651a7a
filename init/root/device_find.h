/* A block device that the boot wants, by the name that root=, resume=, the fstab or rd.overlay= give it. */
#ifndef KINDLING_DEVICE_FIND_H
#define KINDLING_DEVICE_FIND_H

#include "boot.h"
#include "name/device_ref.h"
#include "root/candidates.h"

struct wanted_device {
    const char *what;    /* who wants it: "resume=" */
    const char *spec;    /* what it is called: "UUID=..." */
    const char *types;   /* as what it may be mounted, as rootfstype= has it: settles a claim of two; NULL for any */
    const char *options; /* of the mount that it is for: degraded takes it with members missing. "" for none */
    uint64_t seconds;    /* to wait at most, if a root is not waited for even less */
    bool thorough;       /* another device of that name may be on a slow bus: rd.settle= counts */

    /* What became of it; the pointers are valid until the next event is taken in. */
    struct device_ref ref;
    struct candidates candidates; /* that have the name */
    struct block_device *device;  /* the one that is meant; NULL when it has not come */
    uint64_t incomplete_since;    /* as timing_now: when it was first seen without all its members; 0 for never */
};

/*
 * Waits for the device until it is there, and all that it is made of. Returns 0 and wanted->device; -EINVAL for what is
 * no reference to a block device, -ETIMEDOUT when none came, -ENODEV when wanted->device came but lacks members,
 * -ENOTUNIQ when the candidates are several, or another -errno.
 */
int device_find(struct boot *boot, struct wanted_device *wanted);

/* The reason of a failure of device_find in words. */
const char *device_find_error(int error);

/* The root's device; NULL while it has none, or when it has gone. */
struct block_device *root_device(const struct boot *boot);

#endif
