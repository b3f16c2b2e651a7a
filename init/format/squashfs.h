/* The superblock of a squashfs (fs/squashfs/squashfs_fs.h), and what it is compressed by. Pure. */
#ifndef KINDLING_SQUASHFS_H
#define KINDLING_SQUASHFS_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define SQUASHFS_MAGIC "hsqs"

/* At the beginning of the device; little-endian. */
struct squashfs_superblock {
    uint8_t magic[4];
    uint8_t inodes[4];
    uint8_t mkfs_time[4];
    uint8_t block_size[4];
    uint8_t fragments[4];
    uint8_t compression[2]; /* squashfs_compressor_of tells */
    uint8_t block_log[2];
    uint8_t flags[2];
    uint8_t ids[2];
    uint8_t major[2];
    uint8_t minor[2];
    uint8_t root_inode[8];
    uint8_t bytes_used[8];
};
static_assert(offsetof(struct squashfs_superblock, bytes_used) == 40, "squashfs bytes_used");

struct squashfs_compressor {
    const char *name;   /* as mksquashfs(1) and people have it: "gzip" */
    const char *option; /* the kernel's that reads it: "CONFIG_SQUASHFS_ZLIB" */
};

/* NULL for a number that the format does not know. */
const struct squashfs_compressor *squashfs_compressor_of(const struct squashfs_superblock *superblock);

#endif
