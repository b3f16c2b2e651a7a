/* dm-verity: the superblock of a hash tree (cryptsetup's lib/verity/verity.c, "struct verity_sb"). Pure. */
#ifndef KINDLING_FORMAT_VERITY_H
#define KINDLING_FORMAT_VERITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/superblock.h"

#define VERITY_SUPERBLOCK_SIZE 512u
#define VERITY_ALGORITHM_SIZE 32u
#define VERITY_SALT_SIZE 256u

struct verity_superblock {
    char uuid[SUPERBLOCK_UUID_SIZE];
    char algorithm[VERITY_ALGORITHM_SIZE];     /* "sha256" */
    uint32_t hash_type;                        /* 1; 0 is Chrome OS's */
    uint32_t data_block_size, hash_block_size; /* bytes */
    uint64_t data_blocks;
    const uint8_t *salt; /* in the bytes that were read */
    size_t salt_size;
};

/* bytes: VERITY_SUPERBLOCK_SIZE of them, aligned anyhow. False for what is none, or tells of what cannot be. */
bool verity_superblock_read(const uint8_t *bytes, struct verity_superblock *found);

#endif
