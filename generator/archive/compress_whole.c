#include "archive/compress_whole.h"

#include <errno.h>
#include <lz4hc.h>
#include <lzma.h>
#include <zstd.h>

#include "contract/bytes.h"

#define XZ_LEVEL 6
#define ZSTD_LEVEL 15
#define LZ4_LEVEL 9

#define LZ4_LEGACY_MAGIC 0x184c2102u
#define LZ4_LEGACY_BLOCK (8u << 20)

int compress_xz(const struct buffer *bytes, int level, struct buffer *out)
{
    size_t bound = lzma_stream_buffer_bound(bytes->size);

    buffer_reserve(out, bound);
    switch (lzma_easy_buffer_encode(level ? (uint32_t)level : XZ_LEVEL, LZMA_CHECK_CRC32, NULL, bytes->data,
        bytes->size, out->data, &out->size, out->size + bound)) {
    case LZMA_OK:
        return 0;
    case LZMA_MEM_ERROR:
        return -ENOMEM;
    default:
        return -EIO;
    }
}

int compress_zstd(const struct buffer *bytes, int level, struct buffer *out)
{
    size_t bound = ZSTD_compressBound(bytes->size);
    ZSTD_CCtx *context = ZSTD_createCCtx();
    size_t length;

    if (!context)
        return -ENOMEM;
    buffer_reserve(out, bound);
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level ? level : ZSTD_LEVEL);
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
    length = ZSTD_compress2(context, out->data + out->size, bound, bytes->data, bytes->size);
    ZSTD_freeCCtx(context);
    if (ZSTD_isError(length))
        return -EIO;
    out->size += length;
    return 0;
}

static void append_le32(struct buffer *out, uint32_t value)
{
    uint8_t bytes[4];

    put_le32(bytes, value);
    buffer_append(out, bytes, sizeof(bytes));
}

int compress_lz4(const struct buffer *bytes, int level, struct buffer *out)
{
    append_le32(out, LZ4_LEGACY_MAGIC);
    for (size_t position = 0; position < bytes->size; position += LZ4_LEGACY_BLOCK) {
        size_t left = bytes->size - position;
        int size = left < LZ4_LEGACY_BLOCK ? (int)left : (int)LZ4_LEGACY_BLOCK;
        int bound = LZ4_compressBound(size);
        int length;

        buffer_reserve(out, (size_t)bound + 4);
        length = LZ4_compress_HC((const char *)bytes->data + position, (char *)out->data + out->size + 4, size, bound,
            level ? level : LZ4_LEVEL);
        if (length <= 0)
            return -EIO;
        append_le32(out, (uint32_t)length);
        out->size += (size_t)length;
    }
    return 0;
}
