/* The root file system that programs and files are taken from: "/" or a foreign one. Pure: 0 or -errno. */
#ifndef KINDLING_SYSROOT_H
#define KINDLING_SYSROOT_H

#include <stdbool.h>

#include "base/string_list.h"

/* Where an absolute path of the sysroot lies on this host, as a new string. Symlinks, absolute ones too, are followed
 * as they would be if the sysroot were the root. */
int sysroot_resolve(const char *sysroot, const char *path, char **resolved);
/* The same, as the sysroot's own absolute path. */
int sysroot_canonical(const char *sysroot, const char *path, char **canonical);
/* True when there is such a file. */
bool sysroot_has(const char *sysroot, const char *path);
/* Opens a path as if the directory root were the root, as openat2(2) does. Returns a descriptor, or -errno. */
int sysroot_open_at(int root, const char *path, int flags);

bool sysroot_is_glob(const char *path);
/* Adds the absolute paths of the sysroot that a pattern matches (fnmatch(3), part by part; hidden names match no glob),
 * sorted. Of a pattern that is no glob, itself, when there is such a file. */
void sysroot_glob(const char *sysroot, const char *pattern, struct string_list *paths);

#endif
