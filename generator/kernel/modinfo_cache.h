/*
 * What modules' own .modinfo says of weak dependencies and firmware. To ask a module that is compressed takes long: its
 * answer is kept by the file's name, size and times.
 */
#ifndef KINDLING_MODINFO_CACHE_H
#define KINDLING_MODINFO_CACHE_H

#include "archive/cache.h"
#include "base/string_list.h"

/* parent: as for cache_open. */
void modinfo_cache_open(struct cache *cache, const char *parent);
void modinfo_cache_close(struct cache *cache);
/* Appends the values of a key, "weakdep" or "firmware", of the module in that file. Logs. 0 or -errno: -ENOEXEC the
 * file is damaged. */
int modinfo_cache_values(struct cache *cache, const char *path, const char *key, struct string_list *values);

#endif
