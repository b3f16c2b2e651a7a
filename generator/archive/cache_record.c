#include "archive/cache_record.h"

#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/checksum.h"

struct cache_key cache_key(const char *recipe, const void *bytes, size_t size)
{
    struct sha256_ctx digest;
    struct cache_key key;

    sha256_init(&digest);
    sha256_update(&digest, strlen(recipe) + 1, (const uint8_t *)recipe);
    sha256_update(&digest, size, bytes);
    sha256_digest(&digest, sizeof(key.digest), key.digest);
    return key;
}

uint32_t cache_record_checksum(const struct cache_key *key, const void *bytes, size_t size)
{
    return checksum_crc32(checksum_crc32(0, bytes, size), key->digest, PACK_KEY_SIZE);
}

int cache_record_compare(const void *a, const void *b)
{
    const struct cache_record *left = a;
    const struct cache_record *right = b;

    return memcmp(left->key.digest, right->key.digest, PACK_KEY_SIZE);
}

const struct cache_record *cache_record_find(
    const struct cache_record *records, size_t count, const struct cache_key *key)
{
    struct cache_record wanted = {.key = *key};

    return count == 0 ? NULL : bsearch(&wanted, records, count, sizeof(wanted), cache_record_compare);
}

bool cache_record_read(int fd, const struct cache_record *record, struct buffer *bytes)
{
    uint8_t *place;

    buffer_reserve(bytes, record->size + 1); /* for an empty one too there is a place */
    place = bytes->data + bytes->size;
    if (pread(fd, place, record->size, (off_t)record->offset) != (ssize_t)record->size
        || cache_record_checksum(&record->key, place, record->size) != record->checksum)
        return false;
    bytes->size += record->size;
    return true;
}
