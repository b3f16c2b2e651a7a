/* Programs for an image, looked for on the host or in a sysroot. */
#ifndef KINDLING_PROGRAM_H
#define KINDLING_PROGRAM_H

#include "wanted.h"

/* Finds the first candidate that exists and is static; *path, a new string, is where it lies. Logs, unless the program
 * is optional. 0 or -errno. */
int program_find(const char *sysroot, const struct wanted_program *wanted, char **path);

#endif
