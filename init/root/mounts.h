/* /dev, /proc, /sys and /run, which nobody mounts for an initramfs. */
#ifndef KINDLING_MOUNTS_H
#define KINDLING_MOUNTS_H

#include <stdbool.h>

/* Takes the four away from here: into new_root, where it has the directory and it is no mount yet, else, or when
 * detach_all is set, unmounts them lazily. /run is always moved when it can be. */
void mounts_hand_over(const char *new_root, bool detach_all);
#endif
