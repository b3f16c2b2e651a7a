/*
 * The names that udev gives a disk or partition below /dev/disk/by-id/ and /dev/disk/by-path/, and a mapped device
 * below /dev/mapper/ and, as a logical volume, /dev/GROUP/, derived from sysfs alone. From systemd's
 * rules.d/60-persistent-storage.rules, src/udev/{ata_id,scsi_id} and udev-builtin-{usb_id,path_id}.c, with the names of
 * version 252 and of 257. nvme-MODEL_SERIAL is every namespace's as in 252; later it is the first's.
 *
 * Left out, because sysfs does not tell: by-id of CD drives, and ata-* and wwn-* of ATA disks under kernels before 5.5.
 * Left out, because hardly a root is there: USB disks that do not take SCSI commands, FireWire, iSCSI, memory sticks,
 * the boot partitions of an eMMC, the first Symmetrix's own page 0x83, and the names in by-path/PATH-part/.
 * Of other rules, and not here: by-id/{md,lvm,bcache}-*.
 */
#ifndef KINDLING_DEVICE_LINKS_H
#define KINDLING_DEVICE_LINKS_H

#include <stddef.h>

/* The most that the rules give one device are five; a name of udev is at most 512 bytes. */
#define DEVICE_LINKS_MAX 8u
#define DEVICE_LINKS_TEXT_SIZE 4096u

struct device_links {
    size_t count;
    size_t used; /* bytes of text */
    const char
        *names[DEVICE_LINKS_MAX + 1]; /* below /dev/: "disk/by-id/virtio-root"; NULL-terminated; they point into text */
    char text[DEVICE_LINKS_TEXT_SIZE];
};

/* Fills *links, which must then stay where it is. sysfs_root: "/sys". disk: the kernel's DEVNAME of the whole disk
 * ("sda", "cciss/c0d0"); partition: its number, 0 for the disk itself. Returns how many there are; a name for which
 * there is no room is left out whole. */
size_t device_links_find(const char *sysfs_root, const char *disk, unsigned partition, struct device_links *links);

#endif
