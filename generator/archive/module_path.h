/* Paths of kernel modules' files: "kernel/fs/ext4/ext4.ko", and the same with the suffix of a compressor. Pure. */
#ifndef KINDLING_MODULE_PATH_H
#define KINDLING_MODULE_PATH_H

#include <stdbool.h>
#include <stddef.h>

/* True for *.ko, *.ko.xz, *.ko.zst and *.ko.gz. */
bool module_path_is(const char *path);
/* The length of a path without a compressor's suffix: of "ext4.ko.xz", that of "ext4.ko"; of what is no module's path,
 * all of it. */
size_t module_path_plain_length(const char *path);
/* The name of the module in such a file, normalised (module_name.h), which is the same whatever its kernel's release,
 * directory and compressor, as a new string. */
char *module_path_name(const char *path);
/* True when the two differ at most in their compression. */
bool module_path_is_same(const char *path, const char *other);

#endif
