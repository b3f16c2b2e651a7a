/* xfs (XFS Algorithms & Data Structures, "Superblocks"); integers are big-endian */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/crc.h"
#include "format/superblock_probe.h"

struct xfs_superblock {
    uint8_t magic[4];
    uint8_t block_size[4];
    uint8_t data_blocks[8];
    uint8_t unused_1[16];
    uint8_t uuid[16];
    uint8_t log_start[8]; /* 0: on another device */
    uint8_t unused_2[28];
    uint8_t group_blocks[4];
    uint8_t group_count[4];
    uint8_t unused_3[8];
    uint8_t version[2];
    uint8_t sector_size[2];
    uint8_t inode_size[2];
    uint8_t unused_4[2];
    char name[12];
    uint8_t block_log;
    uint8_t sector_log;
    uint8_t inode_log;
    uint8_t unused_5[101];
    uint8_t crc[4]; /* version 5; little-endian */
};
static_assert(offsetof(struct xfs_superblock, log_start) == 48, "xfs log_start");
static_assert(offsetof(struct xfs_superblock, group_blocks) == 84, "xfs group_blocks");
static_assert(offsetof(struct xfs_superblock, name) == 108, "xfs name");
static_assert(offsetof(struct xfs_superblock, crc) == 224, "xfs crc");

static bool xfs_is_sane(const struct xfs_superblock *superblock)
{
    uint64_t blocks, room;

    if (superblock->block_log < 9 || superblock->block_log > 16 || superblock->sector_log < 9
        || superblock->sector_log > 15 || superblock->inode_log < 8 || superblock->inode_log > 11)
        return false;
    if (get_be32(superblock->block_size) != 1u << superblock->block_log
        || get_be16(superblock->sector_size) != 1u << superblock->sector_log
        || get_be16(superblock->inode_size) != 1u << superblock->inode_log)
        return false;
    blocks = get_be64(superblock->data_blocks);
    room = (uint64_t)get_be32(superblock->group_blocks) * get_be32(superblock->group_count);
    return blocks != 0 && blocks <= room;
}

static bool xfs_checksum_is_valid(const struct device_view *view, const struct xfs_superblock *superblock)
{
    size_t sector_size = get_be16(superblock->sector_size);
    const uint8_t *sector = device_view_bytes(view, 0, sector_size);

    return sector
           && ~crc32c_blanking(~0u, sector, sector_size, offsetof(struct xfs_superblock, crc))
                  == get_le32(superblock->crc);
}

bool superblock_probe_xfs(const struct device_view *view, struct superblock *found)
{
    const struct xfs_superblock *superblock = device_view_bytes(view, 0, sizeof(*superblock));
    unsigned version;

    if (!superblock || memcmp(superblock->magic, "XFSB", 4) != 0 || !xfs_is_sane(superblock))
        return false;
    version = get_be16(superblock->version) & 0xf;
    if (version < 4 || version > 5 || (version == 5 && !xfs_checksum_is_valid(view, superblock)))
        return false;
    found->log_elsewhere = get_be64(superblock->log_start) == 0;
    found->size = get_be64(superblock->data_blocks) << superblock->block_log;
    superblock_format_uuid(found->uuid, superblock->uuid);
    superblock_set_label(found, superblock->name, sizeof(superblock->name));
    return true;
}
