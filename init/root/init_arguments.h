/* What the target's init is started with. */
#ifndef KINDLING_INIT_ARGUMENTS_H
#define KINDLING_INIT_ARGUMENTS_H

#include "boot.h"

/* The arguments for execv, once the new root is the root: the init's own path and what the kernel had for it. A systemd
 * is told, too, when the initramfs began. The memory is never freed. */
char **init_arguments(struct boot *boot);

#endif
