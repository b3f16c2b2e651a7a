/*
 * Devices in sysfs. A device is named by its directory below sysfs's root, "devices/pci0000:00/...", and the root is an
 * open descriptor, so that a captured tree serves as well as /sys.
 */
#ifndef KINDLING_SYSFS_H
#define KINDLING_SYSFS_H

#include <stdbool.h>
#include <stddef.h>

#define SYSFS_PATH_SIZE 1024u
#define SYSFS_VALUE_SIZE 512u

/* Where CLASS/NAME leads; class: "class/block". False when there is no such device. */
bool sysfs_find(int sysfs, const char *class, const char *name, char directory[SYSFS_PATH_SIZE]);

/* Moves to the directory above. False, and nothing changed, when that is no device's any more. */
bool sysfs_ascend(char directory[SYSFS_PATH_SIZE]);

/* The last part of a path. */
const char *sysfs_name(const char *path);

/* True when a driver is bound to the device. */
bool sysfs_has_driver(int sysfs, const char *directory);

/* Reads the device's subsystem ("pci"), or "" for a directory that belongs to none. */
void sysfs_subsystem(int sysfs, const char *directory, char subsystem[SYSFS_PATH_SIZE]);

/* Reads an attribute of one line as it is, blanks included. False, and "", when there is none. */
bool sysfs_read(int sysfs, const char *directory, const char *attribute, char value[SYSFS_VALUE_SIZE]);

/* Moves from the device upwards to the first that has the attribute, and not empty (udev's ATTRS{}=="?*"). The value
 * comes without trailing blanks. False when there is none. */
bool sysfs_search(int sysfs, char directory[SYSFS_PATH_SIZE], const char *attribute, char value[SYSFS_VALUE_SIZE]);

/* Reads an attribute's bytes, at most size of them. Returns how many, 0 when there is none. */
size_t sysfs_read_bytes(int sysfs, const char *directory, const char *attribute, void *bytes, size_t size);

#endif
