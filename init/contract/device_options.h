/*
 * Options of a mount that name a further device of the file system: an xfs's log and its real-time data (xfs(5)), an
 * ext4's journal (ext4(5)). The kernel takes paths only.
 */
#ifndef KINDLING_DEVICE_OPTIONS_H
#define KINDLING_DEVICE_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

/* Points into the options. */
struct device_option {
    const char *word; /* "logdev=/dev/sdb1" */
    const char *value;
    size_t length; /* of the value, which no NUL ends */
};

/* The next of them in a comma-separated list, which is moved past it. False at the end. */
bool device_option_next(const char **options, struct device_option *found);

#endif
