/* A pack of the cache while it is being written, under another name than a whole one has. Nothing is logged. */
#ifndef KINDLING_CACHE_PACK_WRITER_H
#define KINDLING_CACHE_PACK_WRITER_H

#include "archive/cache_pack.h"

struct cache_pack_writer;

/* NULL when there can be none. */
struct cache_pack_writer *cache_pack_writer_open(int directory);
/* Both may be called by several threads. Of two entries of one key the later counts. */
void cache_pack_writer_put(
    struct cache_pack_writer *writer, const struct cache_key *key, const void *bytes, size_t size);
bool cache_pack_writer_get(struct cache_pack_writer *writer, const struct cache_key *key, struct buffer *bytes);
/* Puts in what the other has and this one has not. By one thread alone. */
void cache_pack_writer_merge(struct cache_pack_writer *writer, const struct cache_pack *other);
/* Makes it a whole one, under a name that its content gives it. False when something could not be written; then nothing
 * is left of it. Frees the writer in both cases. */
bool cache_pack_writer_finish(struct cache_pack_writer *writer);

/* Whether one that was begun and is not whole is named so. Pure. */
bool cache_pack_writer_is_name(const char *name);
/* Removes a begun one, if nobody is writing it any more. */
void cache_pack_writer_remove_stale(int directory, const char *name);

#endif
