/* Programs for an image, looked for on the host or in a sysroot. */
#ifndef KINDLING_PROGRAM_H
#define KINDLING_PROGRAM_H

#include "feature/wanted.h"

struct program {
    const char *candidate; /* of the wanted program's: its path in the sysroot */
    char *path;            /* where it lies on this host; owned */
    bool is_static;
};

/*
 * Finds the first candidate that is a static program; if there is none, the first that is a dynamic program or a script
 * (program_pack.h brings what that needs). Logs, unless the program is optional. 0 or -errno.
 */
int program_find(const char *sysroot, const struct wanted_program *wanted, struct program *program);

#endif
