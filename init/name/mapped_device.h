/*
 * What device-mapper's devices are called, from sysfs alone (Documentation/ABI/testing/sysfs-block-dm): the kernel
 * calls them dm-0, dm-1, and whoever made them gave each a name and a uuid.
 */
#ifndef KINDLING_MAPPED_DEVICE_H
#define KINDLING_MAPPED_DEVICE_H

#include <stdbool.h>

#include "system/sysfs.h"

#define MAPPED_NAME_SIZE 128u /* DM_NAME_LEN and DM_UUID_LEN of linux/dm-ioctl.h, with the NUL */
#define MAPPED_UUID_SIZE 129u
#define MAPPED_VOLUME_SIZE (MAPPED_NAME_SIZE + 1u)

struct mapped_device {
    char name[MAPPED_NAME_SIZE];     /* "vg0-root" */
    char uuid[MAPPED_UUID_SIZE];     /* "LVM-...", "CRYPT-LUKS2-..."; "" when it has none */
    char volume[MAPPED_VOLUME_SIZE]; /* "vg0/root", of a logical volume that people use; else "" */
    bool is_part;  /* of a logical volume or of a set of dmraid's, with the same content perhaps: an image of a raid */
    bool is_ready; /* it has a table and is resumed: it may be read */
};

/* True for the kernel's name of such a device: "dm-3". */
bool mapped_device_is(const char *name);

/* The volume that device-mapper's name stands for, "vg--a-lv" for "vg-a/lv", or "" when it is no volume's name. name
 * has less than MAPPED_NAME_SIZE bytes. */
void mapped_device_split_volume(const char *name, char volume[MAPPED_VOLUME_SIZE]);

/* directory: the device's in sysfs, "devices/virtual/block/dm-0". False when it has no name there. */
bool mapped_device_read(int sysfs, const char *directory, struct mapped_device *device);

#endif
