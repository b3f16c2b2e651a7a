/*
 * The kernel's device events (Documentation/core-api/kobject.rst; lib/kobject_uevent.c), from the netlink socket
 * or, in the same "KEY=value" form, from a uevent file of sysfs.
 */
#ifndef KINDLING_UEVENT_H
#define KINDLING_UEVENT_H

#include <stddef.h>
#include <sys/types.h>

/* A message holds the action, a path of at most PATH_MAX bytes and at most 2 KiB of environment. */
#define UEVENT_SIZE 8192u

/* The strings point into the buffer that was parsed; an absent one is "". */
struct uevent {
    const char *action;
    const char *devpath; /* below /sys */
    const char *subsystem;
    const char *modalias;
    const char *devname; /* below /dev */
    const char *devtype; /* "disk" or "partition" */
    const char *major;
    const char *minor;
    const char *partition_number;
};

/* Opens the socket, with a receive buffer of `bytes` where the kernel allows it; close(2) it. Returns it or -errno. */
int uevent_open(int bytes);

/* Reads one event into buffer without waiting. Returns its length, 0 for a message to be ignored (not from the
 * kernel, cut short), or -errno: -EAGAIN when there is none, -ENOBUFS when some were lost. */
ssize_t uevent_read(int socket, char buffer[UEVENT_SIZE]);

/* Pure. Parses a netlink message of length bytes, "ACTION@DEVPATH\0KEY=value\0...", changing nothing. Returns 0 or
 * -EINVAL (no header, or not NUL-terminated). */
int uevent_parse(const char *message, size_t length, struct uevent *event);

/* Pure. Parses the text of a sysfs uevent file, whose newlines become NULs. length excludes the text's own NUL. */
void uevent_parse_text(char *text, size_t length, struct uevent *event);

#endif
