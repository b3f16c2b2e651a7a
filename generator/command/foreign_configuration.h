/* What other generators' configuration files say: dracut's and initramfs-tools'. Nothing of them is run. */
#ifndef KINDLING_FOREIGN_CONFIGURATION_H
#define KINDLING_FOREIGN_CONFIGURATION_H

#include "base/string_list.h"

enum foreign_tool { FOREIGN_DRACUT, FOREIGN_INITRAMFS_TOOLS };

/* A variable as its files leave it. */
struct foreign_setting {
    enum foreign_tool tool;
    char *key;
    char *value;
    char *origin; /* "FILE:LINE", with commas where several lines add up */
};

struct foreign_configuration {
    const char *sysroot;      /* borrowed */
    char *etc;                /* in the sysroot */
    struct string_list files; /* that there are */
    struct foreign_setting *settings;
    size_t count;
    struct string_list unread;  /* "FILE:LINE: NAME: WHY": what only running the file would tell */
    struct string_list modules; /* lines of initramfs-tools' list of modules, without comments */
    char *modules_origin;       /* its file */
    struct string_list hooks;   /* as foreign_hooks_find */
};

/* sysroot: NULL for this system, whose /etc $KINDLING_ETC may stand for. Logs. 0 or -errno; free in both cases. */
int foreign_configuration_read(struct foreign_configuration *configuration, const char *sysroot);
/* NULL: nobody says it. */
const struct foreign_setting *foreign_configuration_find(
    const struct foreign_configuration *configuration, enum foreign_tool tool, const char *key);
void foreign_configuration_free(struct foreign_configuration *configuration);

/* Adds the hooks and boot scripts that lie in /etc/initramfs-tools, which are its own programs: "hooks/NAME",
 * "scripts/STAGE/NAME", sorted. sysroot as above. */
void foreign_hooks_find(const char *sysroot, struct string_list *hooks);
/* Warns of those that no pattern (fnmatch(3)) acknowledges in one line, and in another of what packages have in
 * /usr/share/initramfs-tools/hooks and nothing of kindling's replaces. */
void foreign_hooks_warn(const char *sysroot, const struct string_list *acknowledged);

#endif
