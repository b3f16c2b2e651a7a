#include "cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "../init/bytes.h"
#include "allocate.h"
#include "compress.h"
#include "file.h"
#include "log.h"

/* An entry is its bytes, the name of its key, and the CRC-32 of both. */
#define NAME_SIZE sizeof(((struct cache_key *)NULL)->name)
#define TRAILER_SIZE (NAME_SIZE + 4u)

#define TEMPORARY_PREFIX ".new-"
#define USE_RESOLUTION 43200 /* seconds: how exact it is known when an entry was used last */

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

static bool is_ours_alone(int directory)
{
    struct stat status;

    return fstat(directory, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 022) == 0;
}

void cache_open(struct cache *cache, const char *parent, const char *kind)
{
    char *path;

    *cache = (struct cache){.directory = -1};
    if (!parent)
        return;
    path = allocate_format("%s/%s", parent, kind);
    make_directory(path);
    cache->directory = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (cache->directory < 0) {
        log_note("no cache in %s: %s", path, strerror(errno));
    } else if (!is_ours_alone(cache->directory)) {
        log_note("no cache in %s: others may write to it", path);
        close(cache->directory);
        cache->directory = -1;
    }
    free(path);
}

struct cache_key cache_key(const char *recipe, const void *bytes, size_t size)
{
    struct cache_key key = {0};

    snprintf(key.name, sizeof(key.name), "%08x%08x-%zx-%08x", compress_crc32(0, bytes, size),
        compress_adler32(bytes, size), size, compress_crc32(0, recipe, strlen(recipe)));
    return key;
}

static uint32_t checksum(const struct cache_key *key, const void *bytes, size_t size)
{
    return compress_crc32(compress_crc32(0, bytes, size), key->name, NAME_SIZE);
}

static bool is_sound(const struct cache_key *key, const uint8_t *bytes, size_t size)
{
    const uint8_t *trailer = bytes + size - TRAILER_SIZE;

    return size >= TRAILER_SIZE && !memcmp(trailer, key->name, NAME_SIZE)
           && get_le32(trailer + NAME_SIZE) == checksum(key, bytes, size - TRAILER_SIZE);
}

/* Its time tells when an entry was used last. */
static void note_use(int fd, const struct stat *status)
{
    if (time(NULL) - status->st_mtime > USE_RESOLUTION)
        futimens(fd, NULL);
}

static bool read_entry(int directory, const struct cache_key *key, struct buffer *entry)
{
    int fd = openat(directory, key->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    bool is_read;

    if (fd < 0)
        return false;
    is_read = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && file_read_fd(fd, entry) == 0;
    if (is_read)
        note_use(fd, &status);
    close(fd);
    return is_read;
}

bool cache_get(struct cache *cache, const struct cache_key *key, struct buffer *bytes)
{
    size_t start = bytes->size;

    if (cache->directory < 0)
        return false;
    if (read_entry(cache->directory, key, bytes) && is_sound(key, bytes->data + start, bytes->size - start)) {
        bytes->size -= TRAILER_SIZE;
        return true;
    }
    bytes->size = start;
    return false;
}

static bool write_entry(int fd, const struct cache_key *key, const void *bytes, size_t size)
{
    uint8_t trailer[TRAILER_SIZE];
    struct iovec parts[] = {{(void *)bytes, size}, {trailer, sizeof(trailer)}};

    memcpy(trailer, key->name, NAME_SIZE);
    put_le32(trailer + NAME_SIZE, checksum(key, bytes, size));
    return writev(fd, parts, 2) == (ssize_t)(size + sizeof(trailer));
}

/* A short write leaves no entry. One that a crash of the machine cuts short is found out by its checksum. */
void cache_put(struct cache *cache, const struct cache_key *key, const void *bytes, size_t size)
{
    char *temporary;
    int fd;

    if (cache->directory < 0)
        return;
    temporary = allocate_format(TEMPORARY_PREFIX "%ld-%u", (long)getpid(), atomic_fetch_add(&cache->written, 1));
    fd = openat(cache->directory, temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) {
        flock(fd, LOCK_EX | LOCK_NB);
        if (!write_entry(fd, key, bytes, size)
            || renameat(cache->directory, temporary, cache->directory, key->name) < 0)
            unlinkat(cache->directory, temporary, 0);
        close(fd);
    }
    free(temporary);
}

/* A writer holds a lock on what it writes for life, so one that can be locked has no writer. At worst it is one that
 * has not come to that yet, and an entry fails to be kept. */
static void remove_if_stale(const struct cache *cache, const char *name)
{
    int fd = openat(cache->directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(cache->directory, name, 0);
    close(fd);
}

/* An entry as its directory shows it. */
struct kept {
    char *name;
    uint64_t size;
    time_t used;
};

struct kept_list {
    struct kept *items;
    size_t count;
    uint64_t size;
};

static void list_file(const struct cache *cache, const char *name, struct kept_list *list)
{
    struct stat status;

    if (fstatat(cache->directory, name, &status, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(status.st_mode))
        return;
    if (!strncmp(name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX))) {
        remove_if_stale(cache, name);
        return;
    }
    list->items = allocate_more(list->items, list->count, sizeof(*list->items));
    list->items[list->count++] = (struct kept){allocate_string(name), (uint64_t)status.st_size, status.st_mtime};
    list->size += (uint64_t)status.st_size;
}

static void list_files(const struct cache *cache, struct kept_list *list)
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
        list_file(cache, entry->d_name, list);
    closedir(directory);
}

static int compare_by_use(const void *a, const void *b)
{
    const struct kept *left = a;
    const struct kept *right = b;

    return left->used < right->used ? -1 : left->used > right->used;
}

static void trim(const struct cache *cache, uint64_t maximum)
{
    struct kept_list list = {0};

    list_files(cache, &list);
    if (list.count > 0)
        qsort(list.items, list.count, sizeof(*list.items), compare_by_use);
    for (size_t i = 0; i < list.count; i++) {
        if (list.size > maximum && unlinkat(cache->directory, list.items[i].name, 0) == 0)
            list.size -= list.items[i].size;
        free(list.items[i].name);
    }
    free(list.items);
}

void cache_close(struct cache *cache, uint64_t maximum)
{
    if (cache->directory < 0)
        return;
    if (atomic_load(&cache->written) > 0)
        trim(cache, maximum);
    close(cache->directory);
    cache->directory = -1;
}
