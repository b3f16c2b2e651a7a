#include "format/squashfs.h"

#include "contract/bytes.h"

/* By the number in the superblock. */
static const struct squashfs_compressor compressors[] = {
    {NULL, NULL},
    {"gzip", "CONFIG_SQUASHFS_ZLIB"},
    {"lzma", "CONFIG_SQUASHFS_LZMA"},
    {"lzo", "CONFIG_SQUASHFS_LZO"},
    {"xz", "CONFIG_SQUASHFS_XZ"},
    {"lz4", "CONFIG_SQUASHFS_LZ4"},
    {"zstd", "CONFIG_SQUASHFS_ZSTD"},
};

const struct squashfs_compressor *squashfs_compressor_of(const struct squashfs_superblock *superblock)
{
    unsigned number = get_le16(superblock->compression);

    return number > 0 && number < sizeof(compressors) / sizeof(compressors[0]) ? &compressors[number] : NULL;
}
