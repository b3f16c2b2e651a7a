/* A device that dm-verity vouches for: its hash tree is read, and the kernel is told. */
#ifndef KINDLING_STORAGE_VERITY_DEVICE_H
#define KINDLING_STORAGE_VERITY_DEVICE_H

#include <sys/types.h>

#include "format/verity.h"
#include "storage/verity_words.h"

/* Reads the superblock at that offset, in bytes, of a device or a file. bytes: it, to which superblock refers. Returns
 * 0, -EINVAL for none, or another -errno. */
int verity_device_read_tree(
    const char *path, uint64_t offset, uint8_t bytes[VERITY_SUPERBLOCK_SIZE], struct verity_superblock *superblock);

/* Makes the device words->name of the data and the tree, which is at words->tree_offset. Of the words the name, the
 * hash and the options count, too. Returns 0 or -errno; -EIO where the data is not what the hash stands for. */
int verity_device_make(
    const struct verity_words *words, const struct verity_superblock *superblock, dev_t data, dev_t tree);

#endif
