/* What the machine of a sysroot has mounted, and what its /etc/fstab would mount. Pure. */
#ifndef KINDLING_MOUNT_TABLE_H
#define KINDLING_MOUNT_TABLE_H

#include <stdbool.h>

#include "base/string_list.h"

#define MOUNT_TABLE_MOUNTED "/proc/self/mountinfo"
#define MOUNT_TABLE_FSTAB "/etc/fstab"

/* All borrowed. */
struct mount {
    const char *device; /* as it is written there */
    const char *number; /* "8:1"; "" when none is known */
    const char *place;
    const char *type;    /* in /etc/fstab also "auto", or a list to try */
    const char *root;    /* what of the file system is mounted there; "/": all of it */
    const char *options; /* of the file system */
};

typedef void mount_table_visit(void *context, const struct mount *mount);

/* 0 or -errno. */
int mount_table_mounted(const char *sysroot, mount_table_visit *visit, void *context);
/* Adds the file that was read, on this host, to inputs (NULL: to nothing). One that cannot be read has no lines. */
void mount_table_fstab(const char *sysroot, struct string_list *inputs, mount_table_visit *visit, void *context);

/* By /init, before anything else runs: root and /usr. */
bool mount_is_needed_early(const struct mount *mount);

#endif
