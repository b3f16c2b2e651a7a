/*
 * The indexes that depmod made of a kernel tree, kept for the next time. A tree is the same when all its module files
 * have the same names, sizes, and times, and depmod is the same program. Nothing here is an error.
 */
#ifndef KINDLING_DEPMOD_CACHE_H
#define KINDLING_DEPMOD_CACHE_H

#include "base/buffer.h"
#include "kernel/module_files.h"

struct depmod_cache {
    const char *parent;      /* as for cache_open; borrowed */
    struct buffer signature; /* a text that tells one tree from another */
};

/* program: depmod's own file. */
void depmod_cache_open(struct depmod_cache *cache, const char *parent, const char *tree, const char *program,
    const struct module_files *modules);
void depmod_cache_close(struct depmod_cache *cache);

/* Writes the indexes of the tree into a directory. False when they are not all there; some may be written then. */
bool depmod_cache_get(const struct depmod_cache *cache, const char *directory);
/* Keeps the indexes that depmod wrote into a directory. */
void depmod_cache_put(const struct depmod_cache *cache, const char *directory);

#endif
