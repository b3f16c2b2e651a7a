#include "archive/member.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "archive/compress.h"
#include "archive/image_archive.h"
#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/file_signature.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/workers.h"
#include "contract/bytes.h"

/* Seconds: a file that was changed so lately may be changed again, and its times would not tell. */
#define TIMES_RESOLUTION 2

/* A member and its source as it was before it is read; with all of it 0, nothing is known. */
struct task {
    struct member *member;
    struct stat source;
};

/* One pass over the members, by several threads. */
struct work {
    struct task *tasks;
    size_t count;
    int level;
    char *recipe; /* of what is kept in the cache */
    struct member_cache *cache;
    atomic_size_t next;
    atomic_size_t done;
};

static bool is_compressed(const struct member *member)
{
    return module_path_plain_length(member->source) < strlen(member->source);
}

/* What the kernel will decompress is decompressed here too, to see that it can be and how much it is. */
static int decompress(struct member *member)
{
    struct buffer inflated = {0};
    int result = image_archive_decompress(member->bytes.data, member->bytes.size, member->source, &inflated);

    member->inflated_size = (uint32_t)inflated.size;
    if (member->format == MEMBER_KERNEL) {
        buffer_free(&inflated);
        return result;
    }
    buffer_free(&member->bytes);
    member->bytes = inflated;
    return result;
}

/* A gzip stream ends with the number of bytes that it inflates to (RFC 1952). */
static uint32_t inflated_size(const struct buffer *gzip)
{
    return gzip->size < 4 ? 0 : get_le32(gzip->data + gzip->size - 4);
}

/* The source's content stands for all that is made of it. */
static bool take_from_cache(struct member *member, const struct work *work, const struct cache_key *content)
{
    struct buffer kept = {0};

    if (!cache_get(&work->cache->contents, content, &kept)) {
        buffer_free(&kept);
        return false;
    }
    buffer_free(&member->bytes);
    member->bytes = kept;
    member->inflated_size = inflated_size(&kept);
    return true;
}

static int make_gzip(struct member *member, const struct work *work, const struct cache_key *content)
{
    struct buffer compressed = {0};
    int result = 0;

    if (take_from_cache(member, work, content))
        return 0;
    if (is_compressed(member))
        result = decompress(member);
    if (result < 0)
        return result;
    result = compress_gzip(member->bytes.data, member->bytes.size, work->level, &compressed);
    buffer_free(&member->bytes);
    member->bytes = compressed;
    if (result < 0) {
        log_error("cannot compress %s: %s", member->source, strerror(-result));
        return result;
    }
    member->inflated_size = inflated_size(&member->bytes);
    cache_put(&work->cache->contents, content, member->bytes.data, member->bytes.size);
    return 0;
}

static int read_source(struct member *member)
{
    int result = file_read(member->source, &member->bytes);

    if (result < 0)
        log_error("cannot read %s: %s", member->source, strerror(-result));
    return result;
}

static int load_gzip(const struct task *task, const struct work *work)
{
    struct member *member = task->member;
    /* Whether the source's times tell that it is as it was. */
    bool is_settled = task->source.st_mode && time(NULL) - task->source.st_ctim.tv_sec > TIMES_RESOLUTION;
    struct cache_key file, content;
    int result;

    if (is_settled) {
        struct buffer signature = {0}, kept = {0};
        bool is_known;

        file_signature_add_status(&signature, member->source, &task->source);
        file = cache_key(work->recipe, signature.data, signature.size);
        buffer_free(&signature);
        is_known = cache_get(&work->cache->sources, &file, &kept) && kept.size == sizeof(content);
        if (is_known)
            memcpy(&content, kept.data, sizeof(content));
        buffer_free(&kept);
        if (is_known && take_from_cache(member, work, &content))
            return 0;
    }
    result = read_source(member);
    if (result < 0)
        return result;
    content = cache_key(work->recipe, member->bytes.data, member->bytes.size);
    result = make_gzip(member, work, &content);
    if (result == 0 && is_settled)
        cache_put(&work->cache->sources, &file, &content, sizeof(content));
    return result;
}

/* What is sound once need not be inflated again. */
static int load_for_kernel(struct member *member, const struct work *work)
{
    int result = read_source(member);
    struct buffer kept = {0};
    struct cache_key size;

    if (result < 0)
        return result;
    size = cache_key("inflated", member->bytes.data, member->bytes.size);
    if (cache_get(&work->cache->contents, &size, &kept) && kept.size == sizeof(member->inflated_size)) {
        memcpy(&member->inflated_size, kept.data, kept.size);
    } else {
        result = decompress(member);
        if (result == 0)
            cache_put(&work->cache->contents, &size, &member->inflated_size, sizeof(member->inflated_size));
    }
    buffer_free(&kept);
    return result;
}

static int load(const struct task *task, const struct work *work)
{
    struct member *member = task->member;
    int result;

    if (member->format == MEMBER_GZIP)
        return load_gzip(task, work);
    if (member->format == MEMBER_KERNEL)
        return load_for_kernel(member, work);
    result = read_source(member);
    if (result < 0)
        return result;
    member->inflated_size = (uint32_t)member->bytes.size;
    return is_compressed(member) ? decompress(member) : 0;
}

static void *load_some(void *argument)
{
    struct work *work = argument;
    size_t number;

    while ((number = atomic_fetch_add(&work->next, 1)) < work->count && stop_check() == 0) {
        struct member *member = work->tasks[number].member;

        member->result = load(&work->tasks[number], work);
        /* All members are there at the same time: room that they do not use would be missed. */
        buffer_shrink(&member->bytes);
        log_progress("packing", atomic_fetch_add(&work->done, 1) + 1, work->count);
    }
    return NULL;
}

static int compare_by_size(const void *a, const void *b)
{
    const struct task *left = a;
    const struct task *right = b;

    return left->source.st_size < right->source.st_size ? 1 : left->source.st_size > right->source.st_size ? -1 : 0;
}

int member_load_all(struct member *members, size_t count, int level, unsigned jobs, struct member_cache *cache)
{
    struct work work = {.count = count, .level = level, .cache = cache};

    work.tasks = allocate(count * sizeof(*work.tasks));
    for (size_t i = 0; i < count; i++) {
        work.tasks[i].member = &members[i];
        if (stat(members[i].source, &work.tasks[i].source) < 0)
            work.tasks[i].source = (struct stat){0};
    }
    /* The largest first, so that in the end all threads have something to do: with btrfs or busybox last, one would. */
    qsort(work.tasks, count, sizeof(*work.tasks), compare_by_size);
    work.recipe = compress_gzip_recipe(level);
    workers_run(jobs, load_some, &work);
    log_progress_end();
    free(work.recipe);
    free(work.tasks);
    if (stop_check() < 0) {
        log_error("stopped by a signal");
        return -EINTR;
    }
    for (size_t i = 0; i < count; i++) {
        if (members[i].result < 0)
            return members[i].result;
    }
    return 0;
}

void member_free_all(struct member *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(members[i].source);
        buffer_free(&members[i].bytes);
    }
    free(members);
}
