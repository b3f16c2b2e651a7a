/* A makefile fragment that names every file a target was made of. */
#ifndef KINDLING_DEPFILE_H
#define KINDLING_DEPFILE_H

#include "base/string_list.h"

/* Writes "TARGET: INPUT..." and an empty rule for each input, so that one which vanishes is no error for make. Sorts
 * inputs. Logs. 0 or -errno. */
int depfile_write(const char *path, const char *target, struct string_list *inputs);

#endif
