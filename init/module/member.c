#include "module/member.h"

#include <errno.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "contract/bytes.h"
#include "system/file.h"

/* A member is never larger than this, whatever a damaged index says: 256 MiB. */
#define MEMBER_SIZE_LIMIT (256u << 20)

static struct {
    void *bytes;
    size_t capacity;
    struct libdeflate_decompressor *decompressor;
} inflated;

/* One buffer serves all members: fresh pages for each would cost more than the inflating. */
static int make_room(size_t size)
{
    void *bytes;

    if (size > MEMBER_SIZE_LIMIT)
        return -EFBIG;
    if (!inflated.decompressor)
        inflated.decompressor = libdeflate_alloc_decompressor();
    if (!inflated.decompressor)
        return -ENOMEM;
    if (size <= inflated.capacity)
        return 0;
    bytes = malloc(size);
    if (!bytes)
        return -ENOMEM;
    free(inflated.bytes);
    inflated.bytes = bytes;
    inflated.capacity = size;
    return 0;
}

/* known: the size, where somebody else says it too; NULL: the member's own word counts (RFC 1952, ISIZE). */
static int inflate(const char *path, const uint32_t *known, const void **bytes, uint32_t *size)
{
    void *member;
    size_t member_size, actual;
    int result = file_map(path, &member, &member_size);

    if (result < 0)
        return result;
    if (known)
        *size = *known;
    else
        *size = member_size > 4 ? get_le32((const uint8_t *)member + member_size - 4) : 0;
    result = make_room(*size);
    if (result == 0
        && (libdeflate_gzip_decompress(inflated.decompressor, member, member_size, inflated.bytes, *size, &actual)
                != LIBDEFLATE_SUCCESS
            || actual != *size))
        result = -EILSEQ;
    munmap(member, member_size);
    *bytes = inflated.bytes;
    return result;
}

int member_inflate(const char *path, uint32_t size, const void **bytes)
{
    return inflate(path, &size, bytes, &size);
}

int member_inflate_file(const char *path, const void **bytes, size_t *size)
{
    uint32_t length = 0;
    int result = inflate(path, NULL, bytes, &length);

    *size = length;
    return result;
}

void member_release(void)
{
    libdeflate_free_decompressor(inflated.decompressor);
    free(inflated.bytes);
    inflated.bytes = NULL;
    inflated.decompressor = NULL;
    inflated.capacity = 0;
}
