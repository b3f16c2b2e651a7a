/*
 * The compressors that a kernel may know: what people, files, streams and the kernel's configuration call them. Which
 * of them an image can be written with is compress.h's. Pure.
 */
#ifndef KINDLING_COMPRESSOR_H
#define KINDLING_COMPRESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The kernel looks for compressed firmware in this order (drivers/base/firmware_loader/main.c). */
enum compressor_number {
    COMPRESSOR_GZIP,
    COMPRESSOR_ZSTD,
    COMPRESSOR_XZ,
    COMPRESSOR_LZ4,
    COMPRESSOR_BZIP2,
    COMPRESSOR_LZMA,
    COMPRESSOR_COUNT
};

struct compressor {
    const char *name;            /* "gzip" */
    const char *suffix;          /* ".gz" */
    const char *magic;           /* the two bytes by which the kernel knows a stream (lib/decompress.c) */
    const char *archive_option;  /* "CONFIG_RD_GZIP": the kernel unpacks such an initramfs */
    const char *module_option;   /* "CONFIG_MODULE_COMPRESS_GZIP": its modules are such files; NULL: they never are */
    const char *firmware_option; /* "CONFIG_FW_LOADER_COMPRESS_XZ": it finds such firmware; NULL: it never does */
};

extern const struct compressor compressors[COMPRESSOR_COUNT];

/* By the first bytes of a stream; NULL: nothing that a kernel knows. */
const struct compressor *compressor_of_stream(const uint8_t *bytes, size_t size);
/* By the end of a file's name; NULL: it is not compressed. */
const struct compressor *compressor_of_file(const char *path);

/* False when no kernel could decompress the stream, which begins with these bytes, though it knows the compressor: an
 * xz with another check than CRC-32, which xz(1) makes unless it is told (Documentation/staging/xz.rst), or a damaged
 * one. */
bool compressor_suits_kernel(const struct compressor *compressor, const uint8_t *bytes, size_t size);
#define COMPRESSOR_HEADER_SIZE 12u /* so many bytes tell it */

#endif
