/*
 * A file of a cache, which holds all that one run kept:
 *
 *     entries  their bytes, one behind the other
 *     index    for each entry, sorted by key: the key (32 bytes), where its bytes begin and how many
 *              they are (64 bits each), and the CRC-32 of the bytes and the key
 *     trailer  the number of entries, the CRC-32 of the index (32 bits each), "kindling"
 *
 * Integers are little-endian. What is damaged is no answer. Nothing is logged.
 */
#ifndef KINDLING_CACHE_PACK_H
#define KINDLING_CACHE_PACK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "base/buffer.h"

/* What an entry is the answer to: a SHA-256. */
struct cache_key {
    uint8_t digest[32];
};

/* The key of what a recipe makes of bytes. Pure. Nobody can make other bytes that have it. */
struct cache_key cache_key(const char *recipe, const void *bytes, size_t size);

struct cache_record;

/* A whole one, to read. */
struct cache_pack {
    char *name; /* in its directory; owned */
    int fd;
    struct stat status;           /* as it was when it was opened */
    struct cache_record *records; /* the index; owned */
    size_t count;
    atomic_bool is_used;
};

/* Opens a file of directory. 0 or -errno; -EBADMSG when it is not a regular one, or has no sound index.
 * cache_pack_close after 0. */
int cache_pack_open(struct cache_pack *pack, int directory, const char *name);
/* Appends an entry's bytes, if there is one and it is sound. The first time in a long while that is noted in the file's
 * time. Several threads may call it. */
bool cache_pack_get(struct cache_pack *pack, const struct cache_key *key, struct buffer *bytes);
void cache_pack_close(struct cache_pack *pack);

/* One that is being written. */
struct cache_pack_writer;

/* NULL when there can be none. */
struct cache_pack_writer *cache_pack_create(int directory);
/* Both may be called by several threads. Of two entries of one key the later counts. */
void cache_pack_put(struct cache_pack_writer *writer, const struct cache_key *key, const void *bytes, size_t size);
bool cache_pack_get_written(struct cache_pack_writer *writer, const struct cache_key *key, struct buffer *bytes);
/* Puts in what the other has and this one has not. By one thread alone. */
void cache_pack_merge(struct cache_pack_writer *writer, const struct cache_pack *other);
/* Makes it a whole one, under a name that its content gives it. False when something could not be written; then nothing
 * is left of it. Frees the writer in both cases. */
bool cache_pack_finish(struct cache_pack_writer *writer);

/* Whether a pack is named so, or one that was begun and is not whole. Pure. */
bool cache_pack_is_name(const char *name);
bool cache_pack_is_begun(const char *name);
/* Removes a begun one, if nobody is writing it any more. */
void cache_pack_remove_stale(int directory, const char *name);

#endif
