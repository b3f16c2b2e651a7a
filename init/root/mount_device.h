/* A block device's file system, mounted below the initramfs. */
#ifndef KINDLING_MOUNT_DEVICE_H
#define KINDLING_MOUNT_DEVICE_H

#include "boot.h"
#include "root/mount_options.h"

struct mount_task {
    struct boot *boot;
    struct block_device *device;
    const char *target; /* made if it is not there */
    const char *types;  /* a list that is tried first, as rootfstype= has it; NULL for none */
    struct mount_options options;
    char type[64]; /* as what it was mounted */
};

/* Nothing is written to a device, by a check or by a mount, before this: its superblock is read, and what is a member
 * of something, or claimed by two file systems of which types names none, is refused. types: as in mount_task. Returns
 * 0, or a -errno after it noted the failure. */
int mount_check_claim(struct boot *boot, struct block_device *device, const char *types);

/* Mounts the device as one of task->types, or else as what lies on it; read-only where it refuses to be written to.
 * Returns 0, or a -errno after it noted the failure. */
int mount_device(struct mount_task *task);

/* Mounts it as that one type, with its module, just as told. Returns 0 or -errno, and says nothing. */
int mount_device_as(struct mount_task *task, const char *type);

/* Loads the driver of a file system. */
void mount_load_file_system(struct boot *boot, const char *type);

#endif
