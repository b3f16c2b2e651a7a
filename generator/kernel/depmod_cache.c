#include "kernel/depmod_cache.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/cache.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/file_signature.h"

#define CACHE_KIND "indexes"
#define MAXIMUM (128u << 20) /* bytes; those of Debian's generic kernel are 5 MB */

/* What libkmod reads, and our own look at modules.dep. Each is an entry of its own, empty when depmod wrote none. */
static const char *const kept_files[] = {"modules.dep", "modules.dep.bin", "modules.alias", "modules.alias.bin",
    "modules.symbols.bin", "modules.builtin.bin", "modules.builtin.alias.bin", "modules.softdep", "modules.weakdep"};
/* And one that holds the signature itself. */
#define SIGNATURE_RECIPE "depmod's signature"

#define KEPT_COUNT (sizeof(kept_files) / sizeof(kept_files[0]))

static void sign_beside(struct buffer *signature, const char *tree, const char *name)
{
    char *path = allocate_format("%s/%s", tree, name);

    file_signature_add(signature, path);
    free(path);
}

void depmod_cache_open(struct depmod_cache *cache, const char *parent, const char *tree, const char *program,
    const struct module_files *modules)
{
    *cache = (struct depmod_cache){.parent = parent};
    if (!parent)
        return;
    file_signature_add(&cache->signature, program);
    sign_beside(&cache->signature, tree, "modules.order");
    sign_beside(&cache->signature, tree, "modules.builtin");
    sign_beside(&cache->signature, tree, "modules.builtin.modinfo");
    for (size_t i = 0; i < modules->count; i++)
        file_signature_add_status(&cache->signature, modules->items[i].path, &modules->items[i].status);
}

void depmod_cache_close(struct depmod_cache *cache)
{
    buffer_free(&cache->signature);
}

static struct cache_key key_of(const struct depmod_cache *cache, const char *recipe)
{
    return cache_key(recipe, cache->signature.data, cache->signature.size);
}

static bool get_file(const struct depmod_cache *cache, struct cache *entries, const char *name, const char *directory)
{
    struct cache_key key = key_of(cache, name);
    char *path = allocate_format("%s/%s", directory, name);
    struct buffer kept = {0};
    bool is_there = cache_get(entries, &key, &kept);

    if (is_there && kept.size > 0 && file_write_new(path, &kept) < 0) {
        unlink(path); /* what is half written would look like depmod's own */
        is_there = false;
    }
    buffer_free(&kept);
    free(path);
    return is_there;
}

bool depmod_cache_get(const struct depmod_cache *cache, const char *directory)
{
    struct cache_key key = key_of(cache, SIGNATURE_RECIPE);
    struct buffer kept = {0};
    struct cache entries;
    bool is_whole;

    if (!cache->parent)
        return false;
    cache_open(&entries, cache->parent, CACHE_KIND);
    /* The key is short: that the whole signature is the same is what counts. */
    is_whole = cache_get(&entries, &key, &kept) && kept.size == cache->signature.size
               && !memcmp(kept.data, cache->signature.data, kept.size);
    for (size_t i = 0; i < KEPT_COUNT && is_whole; i++)
        is_whole = get_file(cache, &entries, kept_files[i], directory);
    buffer_free(&kept);
    cache_close(&entries, MAXIMUM);
    return is_whole;
}

void depmod_cache_put(const struct depmod_cache *cache, const char *directory)
{
    struct cache_key key = key_of(cache, SIGNATURE_RECIPE);
    struct cache entries;

    if (!cache->parent)
        return;
    cache_open(&entries, cache->parent, CACHE_KIND);
    for (size_t i = 0; i < KEPT_COUNT; i++) {
        struct cache_key file = key_of(cache, kept_files[i]);
        char *path = allocate_format("%s/%s", directory, kept_files[i]);
        struct buffer bytes = {0};

        if (file_read(path, &bytes) == 0 || access(path, F_OK) < 0)
            cache_put(&entries, &file, bytes.data, bytes.size);
        buffer_free(&bytes);
        free(path);
    }
    cache_put(&entries, &key, cache->signature.data, cache->signature.size);
    cache_close(&entries, MAXIMUM);
}
