/* f2fs (include/linux/f2fs_fs.h); the first of its two superblocks */
#include <assert.h>
#include <libdeflate.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

#define F2FS_SUPERBLOCK_OFFSET 1024u
#define F2FS_MAGIC 0xf2f52010u
#define F2FS_NAME_UNITS 512

struct f2fs_superblock {
    uint8_t magic[4];
    uint8_t version[4];
    uint8_t log_sector_size[4];
    uint8_t log_sectors_per_block[4];
    uint8_t log_block_size[4];
    uint8_t unused_1[12];
    uint8_t checksum_offset[4];
    uint8_t blocks[8];
    uint8_t unused_2[64];
    uint8_t uuid[16];
    uint8_t name[2 * F2FS_NAME_UNITS];
    uint8_t unused_3[1053];
    uint8_t devices[64]; /* the path of the first of several; the blocks are those of all */
};
static_assert(offsetof(struct f2fs_superblock, checksum_offset) == 32, "f2fs checksum_offset");
static_assert(offsetof(struct f2fs_superblock, uuid) == 108, "f2fs uuid");
static_assert(offsetof(struct f2fs_superblock, devices) == 2201, "f2fs devices");
static_assert(UTF16_TEXT_SIZE(F2FS_NAME_UNITS) <= SUPERBLOCK_LABEL_SIZE, "f2fs label");

/* An offset of 0 says that there is none. The CRC starts with the magic and is not inverted, unlike libdeflate's. */
static bool f2fs_checksum_is_valid(const struct device_view *view, const struct f2fs_superblock *superblock)
{
    uint32_t offset = get_le32(superblock->checksum_offset);
    const uint8_t *bytes;

    if (offset == 0)
        return true;
    bytes = device_view_bytes(view, F2FS_SUPERBLOCK_OFFSET, (uint64_t)offset + 4);
    return bytes && ~libdeflate_crc32(~F2FS_MAGIC, bytes, offset) == get_le32(bytes + offset);
}

bool superblock_probe_f2fs(const struct device_view *view, struct superblock *found)
{
    const struct f2fs_superblock *superblock = device_view_bytes(view, F2FS_SUPERBLOCK_OFFSET, sizeof(*superblock));
    uint32_t log_sector_size, log_block_size;

    if (!superblock || get_le32(superblock->magic) != F2FS_MAGIC)
        return false;
    log_sector_size = get_le32(superblock->log_sector_size);
    log_block_size = get_le32(superblock->log_block_size);
    if (log_sector_size < 9 || log_sector_size > log_block_size || log_block_size < 12 || log_block_size > 16
        || get_le32(superblock->log_sectors_per_block) != log_block_size - log_sector_size)
        return false;
    if (!f2fs_checksum_is_valid(view, superblock))
        return false;
    if (superblock->devices[0] == '\0')
        found->size = get_le64(superblock->blocks) << log_block_size;
    superblock_format_uuid(found->uuid, superblock->uuid);
    superblock_set_utf16_label(found, superblock->name, F2FS_NAME_UNITS, UTF16_LITTLE_ENDIAN);
    return true;
}
