#include "archive/cache_pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "archive/checksum.h"
#include "base/allocate.h"
#include "contract/bytes.h"

#define NAME_CHARACTERS "0123456789abcdef-" /* those of the digest in front of it, and of what was one before */
#define USE_RESOLUTION 43200                /* seconds: how exact it is known when a pack was used last */

static bool read_at(int fd, uint64_t offset, void *bytes, size_t size)
{
    return pread(fd, bytes, size, (off_t)offset) == (ssize_t)size;
}

/* All entries lie in front of the index, which begins at end, and none on another. */
static bool decode_all(struct cache_pack *pack, const uint8_t *index, uint64_t end)
{
    uint64_t total = 0;

    pack->records = allocate(pack->count * sizeof(*pack->records));
    for (size_t i = 0; i < pack->count; i++) {
        const uint8_t *bytes = index + i * PACK_RECORD_SIZE;
        struct cache_record record = {.offset = get_le64(bytes + PACK_OFFSET_AT),
            .size = get_le64(bytes + PACK_SIZE_AT),
            .checksum = get_le32(bytes + PACK_CHECKSUM_AT)};

        memcpy(record.key.digest, bytes, PACK_KEY_SIZE);
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
    uint8_t trailer[PACK_TRAILER_SIZE], *index;
    size_t index_size;
    bool is_sound;

    if (size < PACK_TRAILER_SIZE || size > PACK_SIZE_MAXIMUM
        || !read_at(pack->fd, size - PACK_TRAILER_SIZE, trailer, PACK_TRAILER_SIZE)
        || memcmp(trailer + PACK_MAGIC_AT, PACK_MAGIC, PACK_MAGIC_SIZE) != 0)
        return false;
    pack->count = get_le32(trailer);
    if (pack->count > PACK_COUNT_MAXIMUM || pack->count > (size - PACK_TRAILER_SIZE) / PACK_RECORD_SIZE)
        return false;
    index_size = pack->count * PACK_RECORD_SIZE;
    end = size - PACK_TRAILER_SIZE - index_size;
    index = allocate(index_size);
    is_sound = read_at(pack->fd, end, index, index_size)
               && checksum_crc32(0, index, index_size) == get_le32(trailer + PACK_INDEX_CHECKSUM_AT)
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

bool cache_pack_get(struct cache_pack *pack, const struct cache_key *key, struct buffer *bytes)
{
    const struct cache_record *record = cache_record_find(pack->records, pack->count, key);

    if (!record || !cache_record_read(pack->fd, record, bytes))
        return false;
    /* Its time tells when a pack was used last. */
    if (!atomic_exchange(&pack->is_used, true) && time(NULL) - pack->status.st_mtime > USE_RESOLUTION)
        futimens(pack->fd, NULL);
    return true;
}

bool cache_pack_is_name(const char *name)
{
    size_t length = strspn(name, NAME_CHARACTERS);

    return length > 0 && !strcmp(name + length, PACK_SUFFIX);
}
