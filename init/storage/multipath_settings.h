/* What a system's multipath-tools keep in /etc/multipath and multipath.conf(5) of the disks that several paths lead to.
 * Pure. */
#ifndef KINDLING_MULTIPATH_SETTINGS_H
#define KINDLING_MULTIPATH_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

/* True when the list of disks that ever were multipath devices ("/etc/multipath/wwids", lines "/WWID/") has this one.
 */
bool multipath_is_listed(const char *wwids, const char *wwid);

/* Writes the disk's name: its alias in multipath.conf, or its user friendly name ("/etc/multipath/bindings"), or its
 * WWID. Either text may be NULL. Returns 0 or -ENAMETOOLONG. */
int multipath_name(const char *config, const char *bindings, const char *wwid, char *name, size_t size);

#endif
