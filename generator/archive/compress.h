/* The only file that knows libdeflate and zlib; what compresses archives as a whole is in compress_whole.h. */
#ifndef KINDLING_COMPRESS_H
#define KINDLING_COMPRESS_H

#include <stdbool.h>

#include "archive/cache.h"
#include "archive/output_file.h"
#include "base/buffer.h"

#define COMPRESS_LEVEL_DEFAULT 0 /* ours to choose: a good bargain of size against time */

/* Appends one gzip stream (RFC 1952) that holds bytes. Its header has neither time nor name. Pure: 0 or -ENOMEM. */
int compress_gzip(const void *bytes, size_t size, int level, struct buffer *out);

/* A text that changes with all that compress_gzip's answer depends on but the bytes: the level, and the library's own
 * file. A new string. */
char *compress_gzip_recipe(int level);

/* The CRC-32 of gzip (RFC 1952) of what has the CRC-32 crc (nothing: 0), followed by bytes. Pure. */
uint32_t compress_crc32(uint32_t crc, const void *bytes, size_t size);
/* The Adler-32 of zlib (RFC 1950). Pure. */
uint32_t compress_adler32(const void *bytes, size_t size);

/*
 * The stream that an image is: one gzip stream in which some stretches are deflated and others, compressed already,
 * pass through as stored blocks, which an unpacker copies at the speed of memory. Or a stream of another compressor
 * over all; or no compression at all.
 */
struct compress_stream;

enum compress_method { COMPRESS_NONE, COMPRESS_GZIP, COMPRESS_ZSTD, COMPRESS_XZ, COMPRESS_LZ4, COMPRESS_METHODS };

/* What people and the kernel call a method: "gzip", and the kernel's option "CONFIG_RD_GZIP" (NULL: it needs none).
 * Pure. */
const char *compress_name(enum compress_method method);
const char *compress_kernel_option(enum compress_method method);
/* Its best level; the lowest is 1. 0 when it has none. Pure. */
int compress_level_maximum(enum compress_method method);

/* All return 0 or -errno and do not log. stretches keeps what stretches of up to a MiB were deflated to; it is borrowed
 * until compress_stream_free. */
int compress_stream_open(struct compress_stream **stream, struct output_file *file, enum compress_method method,
    int level, struct cache *stretches);
/* From here on bytes are stored (true) or deflated (false). */
int compress_stream_store(struct compress_stream *stream, bool is_stored);
int compress_stream_write(struct compress_stream *stream, const void *bytes, size_t size);
/* Ends the stream. */
int compress_stream_finish(struct compress_stream *stream);
void compress_stream_free(struct compress_stream *stream);

#endif
