/*
 * The machine that a sysroot runs on, "/" or one whose /sys and /proc were kept: what an image for it needs. Only files
 * are read: /proc/self/mountinfo, /proc/swaps, /proc/cmdline, /proc/cpuinfo, /etc/fstab, /etc/crypttab, /dev/disk, and
 * /sys.
 */
#ifndef KINDLING_HOST_H
#define KINDLING_HOST_H

#include "base/string_list.h"
#include "feature/block_stack.h"

struct host {
    struct string_list aliases; /* of the devices that are needed */
    struct string_list drivers; /* modules that drive them now */
    struct string_list types;   /* of file systems */
    struct string_list inputs;  /* files of people that said so, on this host */
    /* Of host_check_root: */
    const struct string_list *features; /* of the image; borrowed */
    const struct block_stack *lacking;  /* what none of them opens; NULL: nothing */
    char *lacking_place;                /* what lies on it: "/" */
    char *lacking_device;
};

/* Adds the devices that root, /usr and swap lie on. Logs. 0 or -errno. */
int host_add_disks(struct host *host, const char *sysroot);
/* Adds the types that root and /usr have, and are to have by /etc/fstab. Logs. 0 or -errno. */
int host_add_types(struct host *host, const char *sysroot);
/* Adds what is behind each keyboard. */
void host_add_keyboards(struct host *host, const char *sysroot);
void host_free(struct host *host);

/* Refuses, with a sentence, when root, /usr, resume= or a line of /etc/crypttab lies on a stack that no feature of the
 * image opens. What is not known of the machine, as in a container, is no hindrance. 0 or -ENOTSUP. */
int host_check_root(const char *sysroot, const struct string_list *features);

bool host_is_virtual(const char *sysroot);

#endif
