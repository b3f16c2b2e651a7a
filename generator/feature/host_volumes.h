/* The opened LUKS volumes that the root, /usr and resume= of the machine of a sysroot stand on. Pure. */
#ifndef KINDLING_HOST_VOLUMES_H
#define KINDLING_HOST_VOLUMES_H

#include "base/string_list.h"

/* Adds their names, as in /dev/mapper and /etc/crypttab. What is not known of the machine, as in a container, adds
 * none. */
void host_volumes_find(const char *sysroot, struct string_list *names);

#endif
