/* squashfs (fs/squashfs/squashfs_fs.h); it has neither UUID nor label nor checksum */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

struct squashfs_superblock {
    uint8_t magic[4];
    uint8_t inodes[4];
    uint8_t mkfs_time[4];
    uint8_t block_size[4];
    uint8_t fragments[4];
    uint8_t compression[2];
    uint8_t block_log[2];
    uint8_t flags[2];
    uint8_t ids[2];
    uint8_t major[2];
    uint8_t minor[2];
    uint8_t root_inode[8];
    uint8_t bytes_used[8];
};
static_assert(offsetof(struct squashfs_superblock, bytes_used) == 40, "squashfs bytes_used");

bool superblock_probe_squashfs(const struct device_view *view, struct superblock *found)
{
    const struct squashfs_superblock *superblock;
    unsigned block_log;

    (void)found;
    superblock = device_view_bytes(view, 0, sizeof(*superblock));
    if (!superblock || memcmp(superblock->magic, "hsqs", 4) != 0 || get_le16(superblock->major) != 4)
        return false;
    block_log = get_le16(superblock->block_log);
    if (block_log < 12 || block_log > 20 || get_le32(superblock->block_size) != 1u << block_log)
        return false;
    return get_le64(superblock->bytes_used) <= view->device_size;
}
