/*
 * The machine that a sysroot runs on, "/" or one whose /sys and /proc were kept: what an image for it needs. Only files
 * are read: /proc/self/mountinfo, /proc/swaps, /proc/cmdline, /proc/cpuinfo, /etc/fstab, /dev/disk, and /sys.
 */
#ifndef KINDLING_HOST_H
#define KINDLING_HOST_H

#include <stdbool.h>

#include "base/string_list.h"

struct host {
    const char *sysroot;        /* borrowed */
    struct string_list aliases; /* of the devices that are needed */
    struct string_list drivers; /* modules that drive them now */
    struct string_list types;   /* of file systems */
    struct string_list inputs;  /* files of people that said so, on this host */
};

/* Adds the devices that root, /usr and swap lie on. Logs. 0 or -errno. */
int host_add_disks(struct host *host);
/* Adds the types that root and /usr have, and are to have by /etc/fstab. Logs. 0 or -errno. */
int host_add_types(struct host *host);
/* Adds what is behind each keyboard. */
void host_add_keyboards(struct host *host);
void host_free(struct host *host);

bool host_is_virtual(const char *sysroot);

#endif
