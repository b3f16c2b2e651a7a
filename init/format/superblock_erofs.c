/* erofs (fs/erofs/erofs_fs.h) */
#include <assert.h>

#include "contract/bytes.h"
#include "format/crc.h"
#include "format/superblock_probe.h"

#define EROFS_SUPERBLOCK_OFFSET 1024u
#define EROFS_MAGIC 0xe0f5e1e2u
#define EROFS_COMPAT_CHECKSUM 1u

struct erofs_superblock {
    uint8_t magic[4];
    uint8_t checksum[4];
    uint8_t compat[4];
    uint8_t log_block_size;
    uint8_t unused_1[23];
    uint8_t blocks[4]; /* of this device */
    uint8_t unused_2[8];
    uint8_t uuid[16];
    char name[16];
    uint8_t incompat[4];
    uint8_t unused_3[44];
};
static_assert(offsetof(struct erofs_superblock, blocks) == 36, "erofs blocks");
static_assert(offsetof(struct erofs_superblock, uuid) == 48, "erofs uuid");
static_assert(sizeof(struct erofs_superblock) == 128, "erofs superblock");

/* crc32c of the rest of the superblock's block, with the checksum itself as zeros. */
static bool erofs_checksum_is_valid(const struct device_view *view, const struct erofs_superblock *superblock)
{
    size_t size = (size_t)1 << superblock->log_block_size;
    const uint8_t *bytes;

    if ((get_le32(superblock->compat) & EROFS_COMPAT_CHECKSUM) == 0)
        return true;
    if (size > EROFS_SUPERBLOCK_OFFSET)
        size -= EROFS_SUPERBLOCK_OFFSET;
    bytes = device_view_bytes(view, EROFS_SUPERBLOCK_OFFSET, size);
    return bytes
           && crc32c_blanking(~0u, bytes, size, offsetof(struct erofs_superblock, checksum))
                  == get_le32(superblock->checksum);
}

bool superblock_probe_erofs(const struct device_view *view, struct superblock *found)
{
    const struct erofs_superblock *superblock = device_view_bytes(view, EROFS_SUPERBLOCK_OFFSET, sizeof(*superblock));

    if (!superblock || get_le32(superblock->magic) != EROFS_MAGIC)
        return false;
    if (superblock->log_block_size < 9 || superblock->log_block_size > 16 || !erofs_checksum_is_valid(view, superblock))
        return false;
    found->size = (uint64_t)get_le32(superblock->blocks) << superblock->log_block_size;
    superblock_format_uuid(found->uuid, superblock->uuid);
    superblock_set_label(found, superblock->name, sizeof(superblock->name));
    return true;
}
