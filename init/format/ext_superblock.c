#include "format/ext_superblock.h"

#include "contract/bytes.h"
#include "format/crc.h"

#define LOG_BLOCK_SIZE_MAX 6 /* 64 KiB */

bool ext_superblock_is_valid(const struct ext_superblock *superblock)
{
    if (get_le16(superblock->magic) != EXT_MAGIC || get_le32(superblock->log_block_size) > LOG_BLOCK_SIZE_MAX)
        return false;
    if (get_le32(superblock->blocks_count) == 0 || get_le32(superblock->blocks_per_group) == 0)
        return false;
    if ((get_le32(superblock->ro_compat) & EXT_RO_COMPAT_METADATA_CSUM) == 0)
        return true;
    return superblock->checksum_type == EXT_CHECKSUM_CRC32C
           && crc32c(~0u, superblock, offsetof(struct ext_superblock, checksum)) == get_le32(superblock->checksum);
}
