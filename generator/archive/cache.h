/*
 * What is costly to make and can be made again: entries by key, in a directory that belongs to the user alone. All that
 * one run keeps goes into one file (cache_pack.h), which is written under another name and renamed, so that many
 * programs may share the directory; a damaged entry is no answer. Nothing here is an error: what cannot be kept is made
 * again. Nothing is logged but notes, unless cache_warn is asked.
 */
#ifndef KINDLING_CACHE_H
#define KINDLING_CACHE_H

#include <pthread.h>

#include "archive/cache_pack_writer.h"

struct cache {
    int directory;            /* -1: there is none */
    struct cache_pack *packs; /* the one written last comes first */
    size_t count;
    pthread_mutex_t lock;            /* of the next */
    struct cache_pack_writer *added; /* NULL before the first entry */
};

/*
 * Opens PARENT/KIND, making what is missing of it. Closed to begin with: PARENT NULL, and a PARENT of somebody else or
 * one that others may write to, since who writes there writes into images.
 */
void cache_open(struct cache *cache, const char *parent, const char *kind);
/* Says in a warning why PARENT/KIND cannot be used, if so. */
void cache_warn(const char *parent, const char *kind);
/* If entries were added, removes the files used longest ago until all together have no more than maximum bytes. A file
 * that others were merged into counts as used by that. */
void cache_close(struct cache *cache, uint64_t maximum);

/* These may be called by several threads at a time. Appends the entry's bytes, if there is one. */
bool cache_get(struct cache *cache, const struct cache_key *key, struct buffer *bytes);
void cache_put(struct cache *cache, const struct cache_key *key, const void *bytes, size_t size);

#endif
