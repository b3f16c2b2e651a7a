/* The opened LUKS volumes that the root, /usr and resume= of the machine of a sysroot stand on. Pure. */
#ifndef KINDLING_HOST_VOLUMES_H
#define KINDLING_HOST_VOLUMES_H

#include "base/string_list.h"

/* Adds their names, as in /dev/mapper and /etc/crypttab. What is not known of the machine, as in a container, adds
 * none. */
void host_volumes_find(const char *sysroot, struct string_list *names);

/* True for a line of crypttab(5) that means the initramfs: by Debian's option "initramfs" or systemd's
 * "x-initrd.attach", or because its volume is one of the names. */
bool host_volumes_line_is_early(const struct string_list *options, const struct string_list *names, const char *volume);

#endif
