/*
 * Compressors that take an archive as a whole and put it into one stream, in the form that the kernel's decompressors
 * want (lib/decompress_*.c). The only file that knows liblzma, libzstd and liblz4. Pure: each appends the stream to out
 * and returns 0 or -errno. A level of 0 is our choice.
 */
#ifndef KINDLING_COMPRESS_WHOLE_H
#define KINDLING_COMPRESS_WHOLE_H

#include "base/buffer.h"

#define COMPRESS_XZ_MAXIMUM 9
#define COMPRESS_ZSTD_MAXIMUM 19 /* beyond, windows grow past what the kernel takes */
#define COMPRESS_LZ4_MAXIMUM 12

/* With a CRC-32, for the kernel knows no other check. */
int compress_xz(const struct buffer *bytes, int level, struct buffer *out);
int compress_zstd(const struct buffer *bytes, int level, struct buffer *out);
/* The legacy frame: a magic number, then blocks of 8 MiB, each behind its compressed length. */
int compress_lz4(const struct buffer *bytes, int level, struct buffer *out);

#endif
