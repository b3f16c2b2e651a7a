/* The members of an image that each lie compressed on their own: modules and tools. */
#ifndef KINDLING_GENERATOR_MEMBER_H
#define KINDLING_GENERATOR_MEMBER_H

#include "archive/cache.h"
#include "contract/index_format.h"

struct member {
    char *source; /* the file on this host; owned */
    enum member_format format;
    struct buffer bytes;    /* as they go into the image */
    uint32_t inflated_size; /* as /init will have them */
    int result;
};

#define MEMBER_CACHE_KIND "members" /* of contents */

/* Both as of cache_open. */
struct member_cache {
    struct cache contents; /* compressed members, by what they are made of */
    struct cache sources;  /* the keys of those, by the source's name, size and times: an unchanged file is not read */
};

/*
 * Reads each member's source (decompressing what a distribution compressed) and brings it into its format: MEMBER_PLAIN
 * or MEMBER_GZIP. MEMBER_KERNEL is for sources that are so already: they pass as they are, once they proved sound. jobs
 * threads share the work, and the cache keeps what was compressed; what comes out depends on neither. Logs. 0 or
 * -errno.
 */
int member_load_all(struct member *members, size_t count, int level, unsigned jobs, struct member_cache *cache);
void member_free_all(struct member *members, size_t count);

#endif
