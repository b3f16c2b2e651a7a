#include "archive/compressor.h"

#include <string.h>

#include "archive/checksum.h"
#include "contract/bytes.h"

const struct compressor compressors[COMPRESSOR_COUNT] = {
    [COMPRESSOR_GZIP] = {"gzip", ".gz", "\x1f\x8b", "CONFIG_RD_GZIP", "CONFIG_MODULE_COMPRESS_GZIP", NULL},
    [COMPRESSOR_ZSTD] = {"zstd", ".zst", "\x28\xb5", "CONFIG_RD_ZSTD", "CONFIG_MODULE_COMPRESS_ZSTD",
        "CONFIG_FW_LOADER_COMPRESS_ZSTD"},
    [COMPRESSOR_XZ] = {"xz", ".xz", "\xfd\x37", "CONFIG_RD_XZ", "CONFIG_MODULE_COMPRESS_XZ",
        "CONFIG_FW_LOADER_COMPRESS_XZ"},
    [COMPRESSOR_LZ4] = {"lz4", ".lz4", "\x02\x21", "CONFIG_RD_LZ4", NULL, NULL},
    [COMPRESSOR_BZIP2] = {"bzip2", ".bz2", "BZ", "CONFIG_RD_BZIP2", NULL, NULL},
    [COMPRESSOR_LZMA] = {"lzma", ".lzma", "\x5d\x00", "CONFIG_RD_LZMA", NULL, NULL},
};

const struct compressor *compressor_of_stream(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; size >= 2 && i < COMPRESSOR_COUNT; i++) {
        if (!memcmp(bytes, compressors[i].magic, 2))
            return &compressors[i];
    }
    return NULL;
}

const struct compressor *compressor_of_file(const char *path)
{
    size_t length = strlen(path);

    for (size_t i = 0; i < COMPRESSOR_COUNT; i++) {
        size_t suffix = strlen(compressors[i].suffix);

        if (length > suffix && !strcmp(path + length - suffix, compressors[i].suffix))
            return &compressors[i];
    }
    return NULL;
}

/* The header of a stream is a magic, two bytes of flags, the second of which is the number of the check, and the CRC-32
 * of those two (The .xz File Format, 2.1.1). */
bool compressor_suits_kernel(const struct compressor *compressor, const uint8_t *bytes, size_t size)
{
    static const uint8_t magic[] = {0xfd, '7', 'z', 'X', 'Z', 0};
    enum { FLAGS_AT = sizeof(magic), CRC_AT = FLAGS_AT + 2, CHECK_NONE = 0, CHECK_CRC32 = 1 };

    if (compressor != &compressors[COMPRESSOR_XZ])
        return true;
    return size >= COMPRESSOR_HEADER_SIZE && !memcmp(bytes, magic, sizeof(magic)) && bytes[FLAGS_AT] == 0
           && (bytes[FLAGS_AT + 1] == CHECK_NONE || bytes[FLAGS_AT + 1] == CHECK_CRC32)
           && get_le32(bytes + CRC_AT) == checksum_crc32(0, bytes + FLAGS_AT, 2);
}
