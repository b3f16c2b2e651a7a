/* Programs for an image, looked for on the host or in a sysroot. */
#ifndef KINDLING_PROGRAM_H
#define KINDLING_PROGRAM_H

#include "base/architecture.h"
#include "content/executable.h"
#include "feature/wanted.h"

struct program {
    const char *candidate; /* of the wanted program's: its path in the sysroot */
    char *path;            /* where it lies on this host; owned */
    bool is_static;
};

/*
 * For kernels of an architecture, NULL being any: finds the first candidate that is a static program; if there is none,
 * the first that is a dynamic program or a script (program_pack.h brings what that needs). Logs, unless the program is
 * optional. 0 or -errno.
 */
int program_find(const char *sysroot, const struct architecture *architecture, const struct wanted_program *wanted,
    struct program *program);
/* As executable_read_of, but what no kernel of the architecture runs is -EMEDIUMTYPE. */
int program_read(
    struct executable *executable, const char *sysroot, const struct architecture *architecture, const char *path);
/* What an error of these says of a file: "it is neither an ELF program nor a script". */
const char *program_fault(int error);

#endif
