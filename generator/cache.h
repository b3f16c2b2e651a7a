/*
 * What is costly to make and can be made again: entries by key, each a file in a directory that belongs to the user
 * alone. An entry is written under another name and renamed, so that many programs may share the directory; it ends
 * with its key and a CRC-32 of all, so that a damaged or misplaced one is no answer. Nothing here is an error: what
 * cannot be kept is made again. Nothing is logged but notes.
 */
#ifndef KINDLING_CACHE_H
#define KINDLING_CACHE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "buffer.h"

struct cache {
    int directory; /* -1: there is none */
    atomic_uint written;
};

/* What an entry is the answer to: the name of its file. */
struct cache_key {
    char name[64];
};

/*
 * Opens PARENT/KIND, making what is missing of it. Closed to begin with: PARENT NULL, and a PARENT of somebody else or
 * one that others may write to, since who writes there writes into images.
 */
void cache_open(struct cache *cache, const char *parent, const char *kind);
/* If entries were written, removes those used longest ago until all together have no more than maximum bytes. */
void cache_close(struct cache *cache, uint64_t maximum);

/* The key of what a recipe makes of bytes. Pure. It tells contents apart that differ by chance, not by malice. */
struct cache_key cache_key(const char *recipe, const void *bytes, size_t size);

/* These may be called by several threads at a time. Appends the entry's bytes, if there is one. */
bool cache_get(struct cache *cache, const struct cache_key *key, struct buffer *bytes);
void cache_put(struct cache *cache, const struct cache_key *key, const void *bytes, size_t size);

#endif
