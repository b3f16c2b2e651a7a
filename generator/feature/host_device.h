/* Block devices of the machine of a sysroot, by what people write of them; /dev/disk and /sys tell. Pure. */
#ifndef KINDLING_HOST_DEVICE_H
#define KINDLING_HOST_DEVICE_H

/* The kernel's name of a device: "sda1" for "UUID=...", "/dev/mapper/x" or "/dev/sda1". A new string, or NULL. */
char *host_device_name(const char *sysroot, const char *spec);
/* What a word of the kernel command line says, such as resume=; a new string, or NULL. */
char *host_device_word(const char *sysroot, const char *key);
/* Calls visit with the path in /sys of each device of the btrfs that a device, by the kernel's name, belongs to. */
void host_device_btrfs(
    const char *sysroot, const char *name, void (*visit)(void *context, const char *path), void *context);
/* The same for the device that a spec as of host_device_name means, itself first; for none when there is no such one.
 */
void host_device_visit(
    const char *sysroot, const char *spec, void (*visit)(void *context, const char *path), void *context);

#endif
