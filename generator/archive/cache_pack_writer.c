#include "archive/cache_pack_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/base16.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "archive/checksum.h"
#include "base/allocate.h"
#include "contract/bytes.h"

#define BEGUN_PREFIX ".new-"
#define BEGUN_CHARACTERS "0123456789-"

struct cache_pack_writer {
    int directory; /* borrowed */
    int fd;
    char *name; /* of the begun file */
    atomic_bool has_failed;
    pthread_mutex_t lock; /* of what follows */
    struct cache_record *records;
    size_t count;
    uint64_t size; /* of all entries */
};

static bool write_at(int fd, uint64_t offset, const void *bytes, size_t size)
{
    return pwrite(fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

struct cache_pack_writer *cache_pack_writer_open(int directory)
{
    struct cache_pack_writer *writer;
    struct timespec now;
    char *name;
    int fd;

    /* In containers that share a cache programs may have the same number, or that of one that died and left its file.
     */
    clock_gettime(CLOCK_REALTIME, &now);
    name = allocate_format(BEGUN_PREFIX "%ld-%lld%09ld", (long)getpid(), (long long)now.tv_sec, now.tv_nsec);
    fd = openat(directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        free(name);
        return NULL;
    }
    flock(fd, LOCK_EX | LOCK_NB);
    writer = allocate(sizeof(*writer));
    *writer = (struct cache_pack_writer){.directory = directory, .fd = fd, .name = name};
    pthread_mutex_init(&writer->lock, NULL);
    return writer;
}

void cache_pack_writer_put(
    struct cache_pack_writer *writer, const struct cache_key *key, const void *bytes, size_t size)
{
    struct cache_record record = {.key = *key, .size = size, .checksum = cache_record_checksum(key, bytes, size)};

    pthread_mutex_lock(&writer->lock);
    record.offset = writer->size;
    writer->size += size;
    writer->records = allocate_more(writer->records, writer->count, sizeof(record));
    writer->records[writer->count++] = record;
    pthread_mutex_unlock(&writer->lock);
    /* Other threads write behind it at the same time. */
    if (!write_at(writer->fd, record.offset, bytes, size))
        atomic_store(&writer->has_failed, true);
}

bool cache_pack_writer_get(struct cache_pack_writer *writer, const struct cache_key *key, struct buffer *bytes)
{
    struct cache_record record;
    bool is_found = false;

    pthread_mutex_lock(&writer->lock);
    for (size_t i = writer->count; i > 0 && !is_found; i--) {
        record = writer->records[i - 1];
        is_found = !memcmp(record.key.digest, key->digest, PACK_KEY_SIZE);
    }
    pthread_mutex_unlock(&writer->lock);
    return is_found && cache_record_read(writer->fd, &record, bytes);
}

/* Of one key, the latest comes first; an empty entry begins where the next one does. */
static int compare_by_key_and_age(const void *a, const void *b)
{
    const struct cache_record *left = a;
    const struct cache_record *right = b;
    int order = cache_record_compare(left, right);

    if (order == 0)
        order = (left->offset < right->offset) - (left->offset > right->offset);
    return order != 0 ? order : (left->size < right->size) - (left->size > right->size);
}

static void sort_records(struct cache_pack_writer *writer)
{
    size_t kept = 0;

    if (writer->count > 0)
        qsort(writer->records, writer->count, sizeof(*writer->records), compare_by_key_and_age);
    for (size_t i = 0; i < writer->count; i++) {
        if (kept == 0 || cache_record_compare(&writer->records[i], &writer->records[kept - 1]) != 0)
            writer->records[kept++] = writer->records[i];
    }
    writer->count = kept;
}

void cache_pack_writer_merge(struct cache_pack_writer *writer, const struct cache_pack *other)
{
    size_t known;

    sort_records(writer);
    known = writer->count;
    for (size_t i = 0; i < other->count; i++) {
        const struct cache_record *record = &other->records[i];
        struct buffer bytes = {0};

        if (!cache_record_find(writer->records, known, &record->key) && cache_record_read(other->fd, record, &bytes))
            cache_pack_writer_put(writer, &record->key, bytes.data, bytes.size);
        buffer_free(&bytes);
    }
}

/* The index and the trailer. */
static bool write_index(const struct cache_pack_writer *writer, struct cache_key *name)
{
    size_t size = writer->count * PACK_RECORD_SIZE;
    uint8_t *bytes = allocate(size + PACK_TRAILER_SIZE);
    bool is_written;

    for (size_t i = 0; i < writer->count; i++) {
        const struct cache_record *record = &writer->records[i];
        uint8_t *place = bytes + i * PACK_RECORD_SIZE;

        memcpy(place, record->key.digest, PACK_KEY_SIZE);
        put_le64(place + PACK_OFFSET_AT, record->offset);
        put_le64(place + PACK_SIZE_AT, record->size);
        put_le32(place + PACK_CHECKSUM_AT, record->checksum);
    }
    put_le32(bytes + size, (uint32_t)writer->count);
    put_le32(bytes + size + PACK_INDEX_CHECKSUM_AT, checksum_crc32(0, bytes, size));
    memcpy(bytes + size + PACK_MAGIC_AT, PACK_MAGIC, PACK_MAGIC_SIZE);
    is_written = write_at(writer->fd, writer->size, bytes, size + PACK_TRAILER_SIZE);
    *name = cache_key("pack", bytes, size);
    free(bytes);
    return is_written;
}

/* What a crash of the machine leaves of it is found out by its checksums. */
static bool make_whole(struct cache_pack_writer *writer)
{
    struct cache_key digest;
    char hexadecimal[BASE16_ENCODE_LENGTH(sizeof(digest.digest)) + 1] = "";
    char *name;
    bool is_whole;

    sort_records(writer);
    if (atomic_load(&writer->has_failed) || writer->count == 0 || writer->count > PACK_COUNT_MAXIMUM
        || writer->size > PACK_SIZE_MAXIMUM / 2 || !write_index(writer, &digest))
        return false;
    base16_encode_update(hexadecimal, sizeof(digest.digest), digest.digest);
    name = allocate_format("%s" PACK_SUFFIX, hexadecimal);
    is_whole = renameat(writer->directory, writer->name, writer->directory, name) == 0;
    free(name);
    return is_whole;
}

bool cache_pack_writer_finish(struct cache_pack_writer *writer)
{
    bool is_whole = make_whole(writer);

    if (!is_whole)
        unlinkat(writer->directory, writer->name, 0);
    close(writer->fd);
    pthread_mutex_destroy(&writer->lock);
    free(writer->records);
    free(writer->name);
    free(writer);
    return is_whole;
}

bool cache_pack_writer_is_name(const char *name)
{
    size_t prefix = strlen(BEGUN_PREFIX);

    return !strncmp(name, BEGUN_PREFIX, prefix) && name[prefix + strspn(name + prefix, BEGUN_CHARACTERS)] == '\0';
}

/* A writer holds a lock on what it writes for life, so one that can be locked has no writer. At worst it is one that
 * has not come to that yet, and what it writes fails to be kept. */
void cache_pack_writer_remove_stale(int directory, const char *name)
{
    int fd = openat(directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(directory, name, 0);
    close(fd);
}
