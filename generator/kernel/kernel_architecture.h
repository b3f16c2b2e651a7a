/* What kind of processor a kernel is for, as its tree tells. */
#ifndef KINDLING_KERNEL_ARCHITECTURE_H
#define KINDLING_KERNEL_ARCHITECTURE_H

#include "base/architecture.h"

/*
 * Asks the modules of MODULES_DIR/RELEASE, one of which will do; a kernel without any, its configuration; where neither
 * tells, it is this program's own. Logs. 0 or -errno: -EOPNOTSUPP when it is for a kind that is not known here.
 */
int kernel_architecture_find(const struct architecture **architecture, const char *modules_dir, const char *release);

#endif
