/* ext2, ext3, ext4 */
#include <string.h>

#include "contract/bytes.h"
#include "format/ext_superblock.h"
#include "format/superblock_probe.h"

#define EXT2_INCOMPAT (EXT_INCOMPAT_FILETYPE | EXT_INCOMPAT_META_BG)
#define EXT3_INCOMPAT (EXT2_INCOMPAT | EXT_INCOMPAT_RECOVER)
#define EXT3_RO_COMPAT (EXT_RO_COMPAT_SPARSE_SUPER | EXT_RO_COMPAT_LARGE_FILE | EXT_RO_COMPAT_BTREE_DIR)

/* By blkid's rule: the oldest of the three that understands all the features; ext2 has no journal and ext3 has one. */
static const char *ext_type(const struct ext_superblock *superblock)
{
    uint32_t incompat = get_le32(superblock->incompat);
    bool has_journal = get_le32(superblock->compat) & EXT_COMPAT_HAS_JOURNAL;

    if (incompat & EXT_INCOMPAT_JOURNAL_DEVICE)
        return "jbd";
    if ((incompat & ~EXT3_INCOMPAT) != 0 || (get_le32(superblock->ro_compat) & ~EXT3_RO_COMPAT) != 0)
        return "ext4";
    if (has_journal)
        return "ext3";
    return (incompat & EXT_INCOMPAT_RECOVER) == 0 ? "ext2" : NULL;
}

bool superblock_probe_ext(const struct device_view *view, struct superblock *found)
{
    const struct ext_superblock *superblock = device_view_bytes(view, EXT_SUPERBLOCK_OFFSET, EXT_SUPERBLOCK_SIZE);
    uint64_t blocks;

    if (!superblock || !ext_superblock_is_valid(superblock))
        return false;
    found->type = ext_type(superblock);
    if (!found->type)
        return false;
    if (strcmp(found->type, "jbd") == 0)
        found->usage = SUPERBLOCK_JOURNAL;
    blocks = get_le32(superblock->blocks_count);
    if (get_le32(superblock->incompat) & EXT_INCOMPAT_64BIT)
        blocks |= (uint64_t)get_le32(superblock->blocks_count_high) << 32;
    found->size = blocks * (UINT64_C(1024) << get_le32(superblock->log_block_size));
    superblock_format_uuid(found->uuid, superblock->uuid);
    superblock_set_label(found, superblock->volume_name, sizeof(superblock->volume_name));
    return true;
}
