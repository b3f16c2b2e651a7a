/* squashfs has neither UUID nor label nor checksum. */
#include <string.h>

#include "contract/bytes.h"
#include "format/squashfs.h"
#include "format/superblock_probe.h"

bool superblock_probe_squashfs(const struct device_view *view, struct superblock *found)
{
    const struct squashfs_superblock *superblock;
    unsigned block_log;

    (void)found;
    superblock = device_view_bytes(view, 0, sizeof(*superblock));
    if (!superblock || memcmp(superblock->magic, SQUASHFS_MAGIC, sizeof(superblock->magic)) != 0
        || get_le16(superblock->major) != 4)
        return false;
    block_log = get_le16(superblock->block_log);
    if (block_log < 12 || block_log > 20 || get_le32(superblock->block_size) != 1u << block_log)
        return false;
    return get_le64(superblock->bytes_used) <= view->device_size;
}
