/*
 * Where a disk is plugged in, as udev's path_id spells it below /dev/disk/by-path/: "pci-0000:00:05.0-ata-1.0". From
 * systemd's src/udev/udev-builtin-path_id.c.
 *
 * Left out: FireWire, iSCSI (its sessions are made by a program), and the buses of System z but ccw.
 */
#ifndef KINDLING_BUS_PATH_H
#define KINDLING_BUS_PATH_H

#include <stdbool.h>
#include <stddef.h>

#define BUS_PATH_SIZE 1024u

struct bus_path {
    size_t start;      /* where the path begins in text: it is put together from its end */
    char usb_revision; /* '1' to '3' of the USB bus on the way, else 0 */
    bool transport;    /* what moves the disk's data is known ... */
    bool controller;   /* ... and what it is plugged into: the path needs both */
    bool refused;      /* something on the way has no name in udev, or none here */
    char text[BUS_PATH_SIZE];
};

/* sysfs: its root's descriptor. directory: the disk's, "devices/.../block/sda". Returns the path, which lies in *path,
 * or NULL when udev gives the disk none, or one that is left out here. */
char *bus_path_find(int sysfs, const char *directory, struct bus_path *path);

#endif
