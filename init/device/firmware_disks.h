/*
 * The hard disks that a PC's firmware knows, as the kernel's boot code was told of them by the BIOS (INT 13h, functions
 * 41h and 48h; the BIOS Enhanced Disk Drive Specification 3.0) and keeps them in boot_params (zero-page.rst, eddbuf).
 * A machine with UEFI, or one that was started without firmware, has no such list.
 */
#ifndef KINDLING_FIRMWARE_DISKS_H
#define KINDLING_FIRMWARE_DISKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIRMWARE_DISKS_MAX 6u  /* what boot_params has room for */
#define BOOT_PARAMS_SIZE 4096u /* bytes */
#define PCI_ADDRESS_SIZE 13u   /* "0000:00:1f.2" and its NUL */

struct firmware_disks {
    size_t count;
    char controllers[FIRMWARE_DISKS_MAX][PCI_ADDRESS_SIZE]; /* the PCI device that each disk is behind */
};

/* Reads the list. False when it is not there, may have lost some for want of room, or does not tell each disk's
 * controller: then it says nothing of disks that are not in it. */
bool firmware_disks_parse(const uint8_t boot_params[BOOT_PARAMS_SIZE], struct firmware_disks *disks);

/* True when there is such a list and the controller of each disk in it has a driver. sysfs: its root's descriptor. */
bool firmware_disks_have_drivers(int sysfs);

#endif
