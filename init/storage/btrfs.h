/* A btrfs that spans several devices: they have its UUID in common, and the kernel must be told of each. */
#ifndef KINDLING_BTRFS_H
#define KINDLING_BTRFS_H

#include "storage/storage.h"

extern const struct assembler btrfs_assembler;

#endif
