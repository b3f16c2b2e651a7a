/* The kernels whose modules lie in a directory. */
#ifndef KINDLING_KERNEL_RELEASES_H
#define KINDLING_KERNEL_RELEASES_H

#include <stdbool.h>

#include "base/string_list.h"

/* A release names a directory: false for what would lead elsewhere. Pure. */
bool kernel_releases_is_name(const char *release);

/* Adds the releases whose trees lie in a directory, sorted. Logs. 0 or -errno. */
int kernel_releases_list(const char *modules_dir, struct string_list *releases);
/* Says that there is none of that release, and which there are. Returns -ENOENT, or what reading the directory says. */
int kernel_releases_refuse(const char *modules_dir, const char *release);

#endif
