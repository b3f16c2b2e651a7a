#include "archive/cache_pack.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/base16.h>
#include <nettle/sha2.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "archive/checksum.h"
#include "base/allocate.h"
#include "contract/bytes.h"

#define SUFFIX ".pack"
#define NAME_CHARACTERS "0123456789abcdef-" /* those of the digest in front of it, and of what was one before */
#define BEGUN_PREFIX ".new-"
#define BEGUN_CHARACTERS "0123456789-"
/* What is larger is not ours, and would take memory that is not there. */
#define SIZE_MAXIMUM (1u << 30)
#define COUNT_MAXIMUM (1u << 18)
#define USE_RESOLUTION 43200 /* seconds: how exact it is known when a pack was used last */

/* Where the parts of the index's records lie. */
#define KEY_SIZE sizeof(struct cache_key)
#define OFFSET_AT KEY_SIZE
#define SIZE_AT (OFFSET_AT + 8)
#define CHECKSUM_AT (SIZE_AT + 8)
#define RECORD_SIZE (CHECKSUM_AT + 4)

/* And those of the trailer. */
#define INDEX_CHECKSUM_AT 4u
#define MAGIC_AT 8u
#define MAGIC "kindling"
#define MAGIC_SIZE (sizeof(MAGIC) - 1)
#define TRAILER_SIZE (MAGIC_AT + MAGIC_SIZE)

struct cache_record {
    struct cache_key key;
    uint64_t offset;
    uint64_t size;
    uint32_t checksum; /* of the bytes and the key */
};

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

struct cache_key cache_key(const char *recipe, const void *bytes, size_t size)
{
    struct sha256_ctx digest;
    struct cache_key key;

    sha256_init(&digest);
    sha256_update(&digest, strlen(recipe) + 1, (const uint8_t *)recipe);
    sha256_update(&digest, size, bytes);
    sha256_digest(&digest, sizeof(key.digest), key.digest);
    return key;
}

static uint32_t entry_checksum(const struct cache_key *key, const void *bytes, size_t size)
{
    return checksum_crc32(checksum_crc32(0, bytes, size), key->digest, KEY_SIZE);
}

static bool read_at(int fd, uint64_t offset, void *bytes, size_t size)
{
    return pread(fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

static bool write_at(int fd, uint64_t offset, const void *bytes, size_t size)
{
    return pwrite(fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

static bool read_entry(int fd, const struct cache_record *record, struct buffer *bytes)
{
    uint8_t *place;

    buffer_reserve(bytes, record->size + 1); /* for an empty one too there is a place */
    place = bytes->data + bytes->size;
    if (!read_at(fd, record->offset, place, record->size)
        || entry_checksum(&record->key, place, record->size) != record->checksum)
        return false;
    bytes->size += record->size;
    return true;
}

static int compare_by_key(const void *a, const void *b)
{
    const struct cache_record *left = a;
    const struct cache_record *right = b;

    return memcmp(left->key.digest, right->key.digest, KEY_SIZE);
}

/* All entries lie in front of the index, which begins at end, and none on another. */
static bool decode_all(struct cache_pack *pack, const uint8_t *index, uint64_t end)
{
    uint64_t total = 0;

    pack->records = allocate(pack->count * sizeof(*pack->records));
    for (size_t i = 0; i < pack->count; i++) {
        const uint8_t *bytes = index + i * RECORD_SIZE;
        struct cache_record record = {.offset = get_le64(bytes + OFFSET_AT),
            .size = get_le64(bytes + SIZE_AT),
            .checksum = get_le32(bytes + CHECKSUM_AT)};

        memcpy(record.key.digest, bytes, KEY_SIZE);
        if (record.offset > end || record.size > end - record.offset || record.size > end - total)
            return false;
        total += record.size;
        pack->records[i] = record;
    }
    return true;
}

static bool read_index(struct cache_pack *pack)
{
    uint64_t size = (uint64_t)pack->status.st_size, end;
    uint8_t trailer[TRAILER_SIZE], *index;
    size_t index_size;
    bool is_sound;

    if (size < TRAILER_SIZE || size > SIZE_MAXIMUM || !read_at(pack->fd, size - TRAILER_SIZE, trailer, TRAILER_SIZE)
        || memcmp(trailer + MAGIC_AT, MAGIC, MAGIC_SIZE) != 0)
        return false;
    pack->count = get_le32(trailer);
    if (pack->count > COUNT_MAXIMUM || pack->count > (size - TRAILER_SIZE) / RECORD_SIZE)
        return false;
    index_size = pack->count * RECORD_SIZE;
    end = size - TRAILER_SIZE - index_size;
    index = allocate(index_size);
    is_sound = read_at(pack->fd, end, index, index_size)
               && checksum_crc32(0, index, index_size) == get_le32(trailer + INDEX_CHECKSUM_AT)
               && decode_all(pack, index, end);
    free(index);
    return is_sound;
}

int cache_pack_open(struct cache_pack *pack, int directory, const char *name)
{
    /* O_NONBLOCK: opening a fifo must not wait for its writer. */
    int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    *pack = (struct cache_pack){.name = allocate_string(name), .fd = fd};
    if (fstat(fd, &pack->status) == 0 && S_ISREG(pack->status.st_mode) && read_index(pack))
        return 0;
    cache_pack_close(pack);
    return -EBADMSG;
}

void cache_pack_close(struct cache_pack *pack)
{
    close(pack->fd);
    free(pack->records);
    free(pack->name);
}

/* They are sorted by key. */
static const struct cache_record *find_record(
    const struct cache_record *records, size_t count, const struct cache_key *key)
{
    struct cache_record wanted = {.key = *key};

    return count == 0 ? NULL : bsearch(&wanted, records, count, sizeof(wanted), compare_by_key);
}

bool cache_pack_get(struct cache_pack *pack, const struct cache_key *key, struct buffer *bytes)
{
    const struct cache_record *record = find_record(pack->records, pack->count, key);

    if (!record || !read_entry(pack->fd, record, bytes))
        return false;
    /* Its time tells when a pack was used last. */
    if (!atomic_exchange(&pack->is_used, true) && time(NULL) - pack->status.st_mtime > USE_RESOLUTION)
        futimens(pack->fd, NULL);
    return true;
}

struct cache_pack_writer *cache_pack_create(int directory)
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

void cache_pack_put(struct cache_pack_writer *writer, const struct cache_key *key, const void *bytes, size_t size)
{
    struct cache_record record = {.key = *key, .size = size, .checksum = entry_checksum(key, bytes, size)};

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

bool cache_pack_get_written(struct cache_pack_writer *writer, const struct cache_key *key, struct buffer *bytes)
{
    struct cache_record record;
    bool is_found = false;

    pthread_mutex_lock(&writer->lock);
    for (size_t i = writer->count; i > 0 && !is_found; i--) {
        record = writer->records[i - 1];
        is_found = !memcmp(record.key.digest, key->digest, KEY_SIZE);
    }
    pthread_mutex_unlock(&writer->lock);
    return is_found && read_entry(writer->fd, &record, bytes);
}

/* Of one key, the latest comes first; an empty entry begins where the next one does. */
static int compare_by_key_and_age(const void *a, const void *b)
{
    const struct cache_record *left = a;
    const struct cache_record *right = b;
    int order = compare_by_key(left, right);

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
        if (kept == 0 || compare_by_key(&writer->records[i], &writer->records[kept - 1]) != 0)
            writer->records[kept++] = writer->records[i];
    }
    writer->count = kept;
}

void cache_pack_merge(struct cache_pack_writer *writer, const struct cache_pack *other)
{
    size_t known;

    sort_records(writer);
    known = writer->count;
    for (size_t i = 0; i < other->count; i++) {
        const struct cache_record *record = &other->records[i];
        struct buffer bytes = {0};

        if (!find_record(writer->records, known, &record->key) && read_entry(other->fd, record, &bytes))
            cache_pack_put(writer, &record->key, bytes.data, bytes.size);
        buffer_free(&bytes);
    }
}

/* The index and the trailer. */
static bool write_index(const struct cache_pack_writer *writer, struct cache_key *name)
{
    size_t size = writer->count * RECORD_SIZE;
    uint8_t *bytes = allocate(size + TRAILER_SIZE);
    bool is_written;

    for (size_t i = 0; i < writer->count; i++) {
        const struct cache_record *record = &writer->records[i];
        uint8_t *place = bytes + i * RECORD_SIZE;

        memcpy(place, record->key.digest, KEY_SIZE);
        put_le64(place + OFFSET_AT, record->offset);
        put_le64(place + SIZE_AT, record->size);
        put_le32(place + CHECKSUM_AT, record->checksum);
    }
    put_le32(bytes + size, (uint32_t)writer->count);
    put_le32(bytes + size + INDEX_CHECKSUM_AT, checksum_crc32(0, bytes, size));
    memcpy(bytes + size + MAGIC_AT, MAGIC, MAGIC_SIZE);
    is_written = write_at(writer->fd, writer->size, bytes, size + TRAILER_SIZE);
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
    if (atomic_load(&writer->has_failed) || writer->count == 0 || writer->count > COUNT_MAXIMUM
        || writer->size > SIZE_MAXIMUM / 2 || !write_index(writer, &digest))
        return false;
    base16_encode_update(hexadecimal, sizeof(digest.digest), digest.digest);
    name = allocate_format("%s" SUFFIX, hexadecimal);
    is_whole = renameat(writer->directory, writer->name, writer->directory, name) == 0;
    free(name);
    return is_whole;
}

bool cache_pack_finish(struct cache_pack_writer *writer)
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

bool cache_pack_is_name(const char *name)
{
    size_t length = strspn(name, NAME_CHARACTERS);

    return length > 0 && !strcmp(name + length, SUFFIX);
}

bool cache_pack_is_begun(const char *name)
{
    size_t prefix = strlen(BEGUN_PREFIX);

    return !strncmp(name, BEGUN_PREFIX, prefix) && name[prefix + strspn(name + prefix, BEGUN_CHARACTERS)] == '\0';
}

/* A writer holds a lock on what it writes for life, so one that can be locked has no writer. At worst it is one that
 * has not come to that yet, and what it writes fails to be kept. */
void cache_pack_remove_stale(int directory, const char *name)
{
    int fd = openat(directory, name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

    if (fd < 0)
        return;
    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        unlinkat(directory, name, 0);
    close(fd);
}
