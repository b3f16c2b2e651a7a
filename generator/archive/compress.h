/* The only file that knows zlib, and how libdeflate compresses; what compresses archives as a whole is in
 * compress_whole.h. */
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
