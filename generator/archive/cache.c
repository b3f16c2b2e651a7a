#include "archive/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/string_list.h"

/* Each run that makes something new adds a file, and each file is looked into. Beyond so many the smallest half becomes
 * one, so that an entry is copied only when its file has doubled. */
#define PACKS_MAXIMUM 16u
/* And so many are used, if ever there are more: an open file each. Those that are left become fewer by and by. */
#define PACKS_OPENED (2 * PACKS_MAXIMUM)

/* Makes the directory and those above it. */
static void make_directory(const char *path)
{
    char *parent = allocate_string(path);

    for (char *slash = strchr(parent + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(parent, 0700);
        *slash = '/';
    }
    mkdir(path, 0700);
    free(parent);
}

/* -1 when it may not be used; kind: how much that matters. */
static int open_directory(const char *path, enum log_kind kind)
{
    struct stat status;
    int directory;

    make_directory(path);
    directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (directory < 0) {
        log_say(kind, "no cache in %s: %s", path, strerror(errno));
    } else if (fstat(directory, &status) < 0 || status.st_uid != geteuid() || (status.st_mode & 022) != 0) {
        log_say(kind, "no cache in %s: others may write to it", path);
        close(directory);
        directory = -1;
    }
    return directory;
}

static void list_files(const struct cache *cache, struct string_list *names)
{
    int fd = openat(cache->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    const struct dirent *entry;

    if (!directory) {
        if (fd >= 0)
            close(fd);
        return;
    }
    while ((entry = readdir(directory)))
        string_list_add(names, entry->d_name);
    closedir(directory);
}

static int compare_by_use(const void *a, const void *b)
{
    const struct cache_pack *left = a;
    const struct cache_pack *right = b;
    const struct timespec *left_time = &left->status.st_mtim;
    const struct timespec *right_time = &right->status.st_mtim;

    if (left_time->tv_sec != right_time->tv_sec)
        return left_time->tv_sec > right_time->tv_sec ? -1 : 1;
    return (left_time->tv_nsec < right_time->tv_nsec) - (left_time->tv_nsec > right_time->tv_nsec);
}

static int compare_by_size(const void *a, const void *b)
{
    const struct cache_pack *left = a;
    const struct cache_pack *right = b;

    return left->status.st_size < right->status.st_size ? -1 : left->status.st_size > right->status.st_size;
}

static void sort_packs(struct cache *cache, int (*compare)(const void *, const void *))
{
    if (cache->count > 0)
        qsort(cache->packs, cache->count, sizeof(*cache->packs), compare);
}

/* As cache_pack_open. One too many is opened and closed again, so that it is known whether it is a pack. */
static int open_pack(struct cache *cache, const char *name)
{
    struct cache_pack pack;
    int result = cache_pack_open(&pack, cache->directory, name);

    if (result < 0)
        return result;
    if (cache->count == PACKS_OPENED) {
        cache_pack_close(&pack);
        return 0;
    }
    cache->packs = allocate_more(cache->packs, cache->count, sizeof(pack));
    cache->packs[cache->count++] = pack;
    return 0;
}

/* cleans: takes away what is no pack any more, and what programs that died have left. Only a file that could be looked
 * into is known to be none; a symlink is never one. */
static void open_packs(struct cache *cache, bool cleans)
{
    struct string_list names = {0};

    list_files(cache, &names);
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];
        int result = cache_pack_is_name(name) ? open_pack(cache, name) : 0;

        if (cleans && (result == -EBADMSG || result == -ELOOP))
            unlinkat(cache->directory, name, 0);
        if (cleans && cache_pack_writer_is_name(name))
            cache_pack_writer_remove_stale(cache->directory, name);
    }
    string_list_free(&names);
    sort_packs(cache, compare_by_use);
}

static void close_packs(struct cache *cache)
{
    for (size_t i = 0; i < cache->count; i++)
        cache_pack_close(&cache->packs[i]);
    free(cache->packs);
    cache->packs = NULL;
    cache->count = 0;
}

void cache_open(struct cache *cache, const char *parent, const char *kind)
{
    char *path;

    *cache = (struct cache){.directory = -1};
    if (!parent)
        return;
    path = allocate_format("%s/%s", parent, kind);
    cache->directory = open_directory(path, LOG_KIND_NOTE);
    free(path);
    if (cache->directory < 0)
        return;
    pthread_mutex_init(&cache->lock, NULL);
    open_packs(cache, false);
}

void cache_warn(const char *parent, const char *kind)
{
    char *path = allocate_format("%s/%s", parent, kind);
    int directory = open_directory(path, LOG_KIND_WARNING);

    if (directory >= 0)
        close(directory);
    free(path);
}

/* What replaces a damaged entry comes before it. */
bool cache_get(struct cache *cache, const struct cache_key *key, struct buffer *bytes)
{
    struct cache_pack_writer *writer;

    if (cache->directory < 0)
        return false;
    pthread_mutex_lock(&cache->lock);
    writer = cache->added;
    pthread_mutex_unlock(&cache->lock);
    if (writer && cache_pack_writer_get(writer, key, bytes))
        return true;
    for (size_t i = 0; i < cache->count; i++) {
        if (cache_pack_get(&cache->packs[i], key, bytes))
            return true;
    }
    return false;
}

void cache_put(struct cache *cache, const struct cache_key *key, const void *bytes, size_t size)
{
    struct cache_pack_writer *writer;

    if (cache->directory < 0)
        return;
    pthread_mutex_lock(&cache->lock);
    if (!cache->added)
        cache->added = cache_pack_writer_open(cache->directory);
    writer = cache->added;
    pthread_mutex_unlock(&cache->lock);
    if (writer)
        cache_pack_writer_put(writer, key, bytes, size);
}

/* Unless another file has its name by now. */
static void remove_pack(const struct cache *cache, const struct cache_pack *pack)
{
    struct stat status;

    if (fstatat(cache->directory, pack->name, &status, AT_SYMLINK_NOFOLLOW) == 0 && status.st_dev == pack->status.st_dev
        && status.st_ino == pack->status.st_ino)
        unlinkat(cache->directory, pack->name, 0);
}

/* Takes over the entries of the smallest half, when there are too many files. */
static void keep_added(struct cache *cache)
{
    size_t merged = cache->count < PACKS_MAXIMUM ? 0 : cache->count / 2;

    sort_packs(cache, compare_by_size);
    for (size_t i = 0; i < merged; i++)
        cache_pack_writer_merge(cache->added, &cache->packs[i]);
    if (!cache_pack_writer_finish(cache->added))
        return;
    for (size_t i = 0; i < merged; i++)
        remove_pack(cache, &cache->packs[i]);
}

void cache_close(struct cache *cache, uint64_t maximum)
{
    if (cache->directory < 0)
        return;
    if (cache->added) {
        uint64_t total = 0;

        keep_added(cache);
        close_packs(cache);
        open_packs(cache, true); /* the one used last comes first */
        for (size_t i = 0; i < cache->count; i++) {
            uint64_t size = (uint64_t)cache->packs[i].status.st_size;

            if (size > maximum - total)
                remove_pack(cache, &cache->packs[i]);
            else
                total += size;
        }
    }
    close_packs(cache);
    pthread_mutex_destroy(&cache->lock);
    close(cache->directory);
    cache->directory = -1;
}
