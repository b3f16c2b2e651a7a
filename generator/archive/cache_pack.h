/* A file of a cache, which holds all that one run kept (cache_record.h has its layout). What is damaged is no answer.
 * Nothing is logged. */
#ifndef KINDLING_CACHE_PACK_H
#define KINDLING_CACHE_PACK_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/stat.h>

#include "archive/cache_record.h"

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

/* Whether a pack is named so. Pure. */
bool cache_pack_is_name(const char *name);

#endif
