/*
 * How a pack of the cache (cache_pack.h) is laid out, for those that read it and write it:
 *
 *     entries  their bytes, one behind the other
 *     index    for each entry, sorted by key: the key (32 bytes), where its bytes begin and how many
 *              they are (64 bits each), and the CRC-32 of the bytes and the key
 *     trailer  the number of entries, the CRC-32 of the index (32 bits each), "kindling"
 *
 * Integers are little-endian.
 */
#ifndef KINDLING_CACHE_RECORD_H
#define KINDLING_CACHE_RECORD_H

#include <stdbool.h>

#include "base/buffer.h"

/* What an entry is the answer to: a SHA-256. */
struct cache_key {
    uint8_t digest[32];
};

/* The key of what a recipe makes of bytes. Pure. Nobody can make other bytes that have it. */
struct cache_key cache_key(const char *recipe, const void *bytes, size_t size);

#define PACK_SUFFIX ".pack"
/* What is larger is not ours, and would take memory that is not there. */
#define PACK_SIZE_MAXIMUM (1u << 30)
#define PACK_COUNT_MAXIMUM (1u << 18)

/* Where the parts of the index's records lie. */
#define PACK_KEY_SIZE sizeof(struct cache_key)
#define PACK_OFFSET_AT PACK_KEY_SIZE
#define PACK_SIZE_AT (PACK_OFFSET_AT + 8)
#define PACK_CHECKSUM_AT (PACK_SIZE_AT + 8)
#define PACK_RECORD_SIZE (PACK_CHECKSUM_AT + 4)

/* And those of the trailer. */
#define PACK_INDEX_CHECKSUM_AT 4u
#define PACK_MAGIC_AT 8u
#define PACK_MAGIC "kindling"
#define PACK_MAGIC_SIZE (sizeof(PACK_MAGIC) - 1)
#define PACK_TRAILER_SIZE (PACK_MAGIC_AT + PACK_MAGIC_SIZE)

struct cache_record {
    struct cache_key key;
    uint64_t offset;
    uint64_t size;
    uint32_t checksum; /* of the bytes and the key */
};

uint32_t cache_record_checksum(const struct cache_key *key, const void *bytes, size_t size);
/* By key, as qsort(3) wants it. */
int cache_record_compare(const void *a, const void *b);
/* Among records that are sorted by key; NULL: there is none. */
const struct cache_record *cache_record_find(
    const struct cache_record *records, size_t count, const struct cache_key *key);
/* Appends the bytes of an entry, if they are sound. */
bool cache_record_read(int fd, const struct cache_record *record, struct buffer *bytes);

#endif
