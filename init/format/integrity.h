/* dm-integrity: its superblock (drivers/md/dm-integrity.c, "struct superblock"). Pure. */
#ifndef KINDLING_FORMAT_INTEGRITY_H
#define KINDLING_FORMAT_INTEGRITY_H

#include <stdbool.h>
#include <stdint.h>

#define INTEGRITY_SUPERBLOCK_SIZE 64u

struct integrity_superblock {
    uint16_t tag_size;   /* bytes */
    uint32_t block_size; /* bytes */
    uint64_t sectors;    /* of 512 bytes, that it provides */
    bool has_journal;    /* else a bitmap */
};

/* bytes: INTEGRITY_SUPERBLOCK_SIZE of them. False for what is none, or tells of what cannot be. */
bool integrity_superblock_read(const uint8_t *bytes, struct integrity_superblock *found);

/* What its checksums may be made with, by their size, integritysetup(8)'s default first: the superblock does not tell.
 * NULL behind the last. */
const char *integrity_algorithm(const struct integrity_superblock *superblock, unsigned number);

#endif
