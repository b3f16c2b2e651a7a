/* File systems that grow while they are mounted. */
#ifndef KINDLING_GROW_FILE_SYSTEM_H
#define KINDLING_GROW_FILE_SYSTEM_H

#include <stdint.h>

/* Makes a file system fill its device. root: its root directory, on a mount that can be written to; size: the device's,
 * in bytes. Returns 0 or -errno. */
typedef int grow_file_system(int root, uint64_t size);

/* NULL for a type that does not grow. */
grow_file_system *grow_file_system_of(const char *type);

#endif
