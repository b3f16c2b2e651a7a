/* fstab(5), read line by line, and what the kernel writes in the same form: /proc/self/mounts. Pure. */
#ifndef KINDLING_FSTAB_H
#define KINDLING_FSTAB_H

#include <stdbool.h>

/* The strings point into the text that was read. */
struct fstab_entry {
    const char *spec;
    const char *place; /* where it is mounted, without slashes at its end: "/usr" */
    const char *type;
    const char *options; /* "" when there are none */
    bool check;          /* the sixth field is there and not 0 */
};

/* Reads the next entry of what is left of a text, which it cuts up; lines of fewer than three fields, and comments,
 * whose first character is a #, are passed over. False at the end. */
bool fstab_next(char **text, struct fstab_entry *entry);

/* In place: blanks, backslashes and such are written as \040 in such files (getmntent(3), proc_pid_mountinfo(5)). */
void fstab_decode(char *text);

/* Finds the first entry for a mount point ("/usr", however many slashes the file ends it with). Cuts the text up, so
 * that it can be searched once only. False when there is none. */
bool fstab_find(char *text, const char *mount_point, struct fstab_entry *entry);

#endif
