#include "archive/compress.h"

#define ZLIB_CONST
#include <dlfcn.h>
#include <errno.h>
#include <libdeflate.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "archive/checksum.h"
#include "archive/compress_whole.h"
#include "archive/compressor.h"
#include "base/allocate.h"
#include "contract/bytes.h"

#define OUTPUT_SIZE (256u << 10)
#define STRETCH_MAXIMUM (1u << 20) /* bytes of a stretch that is deflated at once, and kept */
#define STRETCH_MINIMUM 4096u      /* deflating less is quicker than looking for it */
#define RAW_WINDOW_BITS (-15)      /* below 0: no header and no trailer, which are ours */
#define STORED_MAXIMUM 0xffffu
#define FLUSH_SIZE 16u /* what a flush may add to deflateBound */
#define OS_UNKNOWN 255

/* All members of the vm profile at libdeflate's level 2 are 5.48 MB in 0.15 s of processor time, at 4 5.40 MB in 0.19,
 * at 5 5.29 MB in 0.25, at 6 5.26 MB in 0.31, at 7 5.24 MB in 0.45, at 8 5.22 MB in 1.15, at 12 5.06 MB in 3. The
 * stream's own part is deflated at every build, cache or not: from level 9 to 7 it grows by 0.9 KB of 14.8 MB (profile
 * generic), and that build takes 103 instead of 133 ms. */
#define MEMBER_LEVEL 5
#define STREAM_LEVEL 7

static const struct {
    const struct compressor *compressor;
    int level_maximum;
    int (*compress)(const struct buffer *bytes, int level, struct buffer *out); /* of a whole archive */
} methods[COMPRESS_METHODS] = {
    [COMPRESS_NONE] = {NULL, 0, NULL},
    /* libdeflate's level; zlib, which writes streams, has 9. */
    [COMPRESS_GZIP] = {&compressors[COMPRESSOR_GZIP], 12, NULL},
    [COMPRESS_ZSTD] = {&compressors[COMPRESSOR_ZSTD], COMPRESS_ZSTD_MAXIMUM, compress_zstd},
    [COMPRESS_XZ] = {&compressors[COMPRESSOR_XZ], COMPRESS_XZ_MAXIMUM, compress_xz},
    [COMPRESS_LZ4] = {&compressors[COMPRESSOR_LZ4], COMPRESS_LZ4_MAXIMUM, compress_lz4},
};

struct compress_stream {
    struct output_file *file; /* borrowed */
    enum compress_method method;
    int level;
    struct cache *stretches; /* borrowed */
    struct buffer whole;     /* what has come so far of what is wanted at once: the archive, or a stretch of it */
    bool is_stored;
    bool is_long;  /* this stretch is deflated as it comes */
    uint32_t crc;  /* of all bytes so far */
    uint32_t size; /* and how many, modulo 2^32 */
    z_stream zlib;
    uint8_t output[OUTPUT_SIZE];
};

const char *compress_name(enum compress_method method)
{
    return methods[method].compressor ? methods[method].compressor->name : "none";
}

const char *compress_kernel_option(enum compress_method method)
{
    return methods[method].compressor ? methods[method].compressor->archive_option : NULL;
}

int compress_level_maximum(enum compress_method method)
{
    return methods[method].level_maximum;
}

int compress_gzip(const void *bytes, size_t size, int level, struct buffer *out)
{
    struct libdeflate_compressor *compressor =
        libdeflate_alloc_compressor(level == COMPRESS_LEVEL_DEFAULT ? MEMBER_LEVEL : level);
    size_t bound;

    if (!compressor)
        return -ENOMEM;
    bound = libdeflate_gzip_compress_bound(compressor, size);
    buffer_reserve(out, bound);
    out->size += libdeflate_gzip_compress(compressor, bytes, size, out->data + out->size, bound);
    libdeflate_free_compressor(compressor);
    return 0;
}

/* The file that a function comes from may be replaced by one that compresses otherwise and has the same version. */
static char *recipe_of(const char *method, int level, const char *version, void *function)
{
    struct stat status = {0};
    Dl_info library;

    if (dladdr(function, &library))
        stat(library.dli_fname, &status);
    return allocate_format(
        "%s %d %s %lld %lld", method, level, version, (long long)status.st_size, (long long)status.st_mtime);
}

char *compress_gzip_recipe(int level)
{
    return recipe_of("gzip", level == COMPRESS_LEVEL_DEFAULT ? MEMBER_LEVEL : level, LIBDEFLATE_VERSION_STRING,
        (void *)libdeflate_gzip_compress);
}

static int write_output(struct compress_stream *stream)
{
    size_t size = OUTPUT_SIZE - stream->zlib.avail_out;

    stream->zlib.next_out = stream->output;
    stream->zlib.avail_out = OUTPUT_SIZE;
    return output_file_write(stream->file, stream->output, size);
}

static int put_output(struct compress_stream *stream, const uint8_t *bytes, size_t size)
{
    int result = 0;

    while (result == 0 && size > 0) {
        size_t taken = size < stream->zlib.avail_out ? size : stream->zlib.avail_out;

        memcpy(stream->zlib.next_out, bytes, taken);
        stream->zlib.next_out += taken;
        stream->zlib.avail_out -= (uInt)taken;
        bytes += taken;
        size -= taken;
        if (stream->zlib.avail_out == 0)
            result = write_output(stream);
    }
    return result;
}

int compress_stream_open(struct compress_stream **stream, struct output_file *file, enum compress_method method,
    int level, struct cache *stretches)
{
    /* No name, no time, and no system that it was made on (RFC 1952). */
    static const uint8_t header[] = {0x1f, 0x8b, Z_DEFLATED, 0, 0, 0, 0, 0, 0, OS_UNKNOWN};
    struct compress_stream *opened = allocate(sizeof(*opened));

    *stream = opened;
    opened->file = file;
    opened->stretches = stretches;
    opened->method = method;
    opened->level = level;
    if (method != COMPRESS_GZIP)
        return 0;
    if (level == COMPRESS_LEVEL_DEFAULT || level > Z_BEST_COMPRESSION)
        opened->level = STREAM_LEVEL;
    if (deflateInit2(&opened->zlib, opened->level, Z_DEFLATED, RAW_WINDOW_BITS, MAX_MEM_LEVEL, Z_DEFAULT_STRATEGY)
        != Z_OK) {
        free(opened);
        *stream = NULL;
        return -ENOMEM;
    }
    opened->zlib.next_out = opened->output;
    opened->zlib.avail_out = OUTPUT_SIZE;
    return put_output(opened, header, sizeof(header));
}

/* Feeds what is at next_in to zlib until it has taken all, and has given all that flush asks for. */
static int pump(struct compress_stream *stream, int flush)
{
    int status, result = 0;
    bool was_full;

    /* With less room than that zlib may say twice that it was flushed (zlib.h, deflate). */
    if (flush != Z_NO_FLUSH && stream->zlib.avail_out <= 6)
        result = write_output(stream);
    while (result == 0) {
        status = deflate(&stream->zlib, flush);
        if (status == Z_STREAM_ERROR)
            return -EIO;
        was_full = stream->zlib.avail_out == 0;
        if (was_full)
            result = write_output(stream);
        if (stream->zlib.avail_in == 0 && !was_full && (flush != Z_FINISH || status == Z_STREAM_END))
            break;
    }
    return result;
}

static int feed(struct compress_stream *stream, const uint8_t *bytes, size_t size)
{
    stream->zlib.next_in = bytes;
    stream->zlib.avail_in = (uInt)size;
    return pump(stream, Z_NO_FLUSH);
}

/* As pump does it, but all at once and apart from what has been given before. */
static int deflate_stretch(struct compress_stream *stream, int flush, struct buffer *out)
{
    uint8_t *next_out = stream->zlib.next_out;
    uInt avail_out = stream->zlib.avail_out;
    size_t bound = deflateBound(&stream->zlib, stream->whole.size) + FLUSH_SIZE;
    int status;

    buffer_reserve(out, bound);
    stream->zlib.next_in = stream->whole.data;
    stream->zlib.avail_in = (uInt)stream->whole.size;
    stream->zlib.next_out = out->data;
    stream->zlib.avail_out = (uInt)bound;
    status = deflate(&stream->zlib, flush);
    out->size = bound - stream->zlib.avail_out;
    stream->zlib.next_out = next_out;
    stream->zlib.avail_out = avail_out;
    return status == (flush == Z_FINISH ? Z_STREAM_END : Z_OK) && out->size < bound ? 0 : -EIO;
}

static int end_stretch(struct compress_stream *stream, int flush)
{
    struct buffer deflated = {0};
    struct cache_key key;
    bool is_kept = stream->whole.size >= STRETCH_MINIMUM;
    int result = 0;

    if (stream->is_long)
        return pump(stream, flush);
    if (is_kept) {
        char *recipe = recipe_of(flush == Z_FINISH ? "last" : "stretch", stream->level, zlibVersion(), (void *)deflate);

        key = cache_key(recipe, stream->whole.data, stream->whole.size);
        free(recipe);
    }
    if (!is_kept || !cache_get(stream->stretches, &key, &deflated)) {
        result = deflate_stretch(stream, flush, &deflated);
        if (is_kept && result == 0)
            cache_put(stream->stretches, &key, deflated.data, deflated.size);
    }
    if (result == 0)
        result = put_output(stream, deflated.data, deflated.size);
    buffer_free(&deflated);
    stream->whole.size = 0;
    return result;
}

/* A flush ends a stretch at a byte's boundary. zlib knows nothing of what is stored behind it, so that its next stretch
 * begins as if nothing had been before: a distance then never reaches over the stored bytes. */
int compress_stream_store(struct compress_stream *stream, bool is_stored)
{
    if (stream->method != COMPRESS_GZIP || stream->is_stored == is_stored)
        return 0;
    stream->is_stored = is_stored;
    if (is_stored)
        return end_stretch(stream, Z_SYNC_FLUSH);
    stream->is_long = false;
    return deflateReset(&stream->zlib) == Z_OK ? 0 : -EIO;
}

/* Blocks of type 0, none of them the last: a byte, the length, its complement, and the bytes (RFC 1951, 3.2.4). */
static int write_stored(struct compress_stream *stream, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        uint16_t length = size < STORED_MAXIMUM ? (uint16_t)size : STORED_MAXIMUM;
        uint8_t header[] = {0, length & 0xff, length >> 8, ~length & 0xff, (uint8_t)(~length >> 8)};
        int result = put_output(stream, header, sizeof(header));

        if (result == 0)
            result = put_output(stream, bytes, length);
        if (result < 0)
            return result;
        bytes += length;
        size -= length;
    }
    return 0;
}

int compress_stream_write(struct compress_stream *stream, const void *bytes, size_t size)
{
    int result = 0;

    if (stream->method == COMPRESS_NONE)
        return output_file_write(stream->file, bytes, size);
    if (stream->method != COMPRESS_GZIP) {
        buffer_append(&stream->whole, bytes, size);
        return 0;
    }
    if (size > UINT_MAX)
        return -EFBIG;
    stream->crc = checksum_crc32(stream->crc, bytes, size);
    stream->size += (uint32_t)size;
    if (stream->is_stored)
        return write_stored(stream, bytes, size);
    if (!stream->is_long && stream->whole.size + size <= STRETCH_MAXIMUM) {
        buffer_append(&stream->whole, bytes, size);
        return 0;
    }
    if (!stream->is_long)
        result = feed(stream, stream->whole.data, stream->whole.size);
    stream->is_long = true;
    stream->whole.size = 0;
    return result < 0 ? result : feed(stream, bytes, size);
}

static int finish_whole(struct compress_stream *stream)
{
    struct buffer compressed = {0};
    int result = methods[stream->method].compress(&stream->whole, stream->level, &compressed);

    if (result == 0)
        result = output_file_reserve(stream->file, compressed.size);
    if (result == 0)
        result = output_file_write(stream->file, compressed.data, compressed.size);
    buffer_free(&compressed);
    return result;
}

int compress_stream_finish(struct compress_stream *stream)
{
    uint8_t trailer[8];
    int result;

    if (stream->method == COMPRESS_NONE)
        return 0;
    if (stream->method != COMPRESS_GZIP)
        return finish_whole(stream);
    result = compress_stream_store(stream, false);
    if (result == 0)
        result = end_stretch(stream, Z_FINISH);
    put_le32(trailer, stream->crc);
    put_le32(trailer + 4, stream->size);
    if (result == 0)
        result = put_output(stream, trailer, sizeof(trailer));
    return result < 0 ? result : write_output(stream);
}

void compress_stream_free(struct compress_stream *stream)
{
    if (stream)
        buffer_free(&stream->whole);
    if (stream && stream->method == COMPRESS_GZIP)
        deflateEnd(&stream->zlib);
    free(stream);
}
