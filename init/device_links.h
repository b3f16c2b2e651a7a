/*
 * The names that udev gives a disk or partition below /dev/disk/by-id/ and /dev/disk/by-path/, derived from sysfs
 * alone. From systemd's rules.d/60-persistent-storage.rules, src/udev/{ata_id,scsi_id} and
 * udev-builtin-{usb_id,path_id}.c, of version 252 and later.
 *
 * Left out, because sysfs does not tell: ata-* of CD drives, and of disks under kernels before 5.5 (no vpd_pg89).
 * Left out, because no small machine boots from it: USB disks that do not talk SCSI, FireWire, iSCSI, the first
 * Symmetrix's own page 0x83, the boot partitions of an eMMC; and the names in by-path/PATH-part/.
 * Not of these rules: by-id/{dm,md,lvm,bcache}-*. Bytes above 0x7f are kept, udev keeps only those of valid UTF-8.
 */
#ifndef KINDLING_DEVICE_LINKS_H
#define KINDLING_DEVICE_LINKS_H

#include <stddef.h>

#include "block_device.h"

/* The most that the rules give one device are seven; a name of udev is at most 512 bytes. */
#define DEVICE_LINKS_MAX 8u
#define DEVICE_LINKS_TEXT_SIZE 4096u

struct device_links {
    size_t count;
    size_t used;                             /* bytes of text */
    const char *names[DEVICE_LINKS_MAX + 1]; /* "by-id/virtio-root", NULL-terminated; they point into text */
    char text[DEVICE_LINKS_TEXT_SIZE];
};

/* Fills *links, which must then stay where it is. sysfs_root: "/sys". Returns how many there are; a name for which
 * there is no room is left out whole. */
size_t device_links_find(const char *sysfs_root, const struct block_device *device, struct device_links *links);

#endif
