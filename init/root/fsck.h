/* The check of a file system before it is mounted. */
#ifndef KINDLING_FSCK_H
#define KINDLING_FSCK_H

#include "boot.h"

/*
 * Checks the device's file system if that is due and was not forbidden. types: as in mount_task; name: "root" or "usr";
 * when there is nothing
 * left for the root's init to check, /run/initramfs/fsck-NAME tells it so. *read_only is set when the file system must
 * not be written to. Returns 0, or a -errno after it noted the failure.
 */
int fsck_device(struct boot *boot, struct block_device *device, const char *types, const char *name, bool *read_only);

#endif
