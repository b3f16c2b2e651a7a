/* bcache (include/uapi/linux/bcache.h) */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/crc.h"
#include "format/superblock_probe.h"

#define SECTOR_SIZE 512u

#define BCACHE_OFFSET 4096u
#define BCACHE_KEYS_MAX 256u

struct bcache_superblock {
    uint8_t checksum[8];
    uint8_t sector[8];
    uint8_t version[8];
    uint8_t magic[16];
    uint8_t uuid[16];
    uint8_t unused_1[150];
    uint8_t key_count[2];
};
static_assert(offsetof(struct bcache_superblock, key_count) == 206, "bcache key_count");
static_assert(sizeof(struct bcache_superblock) == 208, "bcache superblock");

bool superblock_probe_bcache(const struct device_view *view, struct superblock *found)
{
    static const uint8_t magic[16] = {
        0xc6, 0x85, 0x73, 0xf6, 0x4e, 0x1a, 0x45, 0xca, 0x82, 0x65, 0xf5, 0x7f, 0x48, 0xba, 0x6d, 0x81};
    const struct bcache_superblock *superblock = device_view_bytes(view, BCACHE_OFFSET, sizeof(*superblock));
    size_t keys, checked;
    const uint8_t *bytes;

    if (!superblock || memcmp(superblock->magic, magic, sizeof(magic)) != 0)
        return false;
    keys = get_le16(superblock->key_count);
    checked = sizeof(*superblock) - sizeof(superblock->checksum) + keys * 8;
    bytes = device_view_bytes(view, BCACHE_OFFSET + sizeof(superblock->checksum), checked);
    if (keys > BCACHE_KEYS_MAX || !bytes || get_le64(superblock->sector) != BCACHE_OFFSET / SECTOR_SIZE)
        return false;
    if (~crc64(~UINT64_C(0), bytes, checked) != get_le64(superblock->checksum))
        return false;
    superblock_format_uuid(found->uuid, superblock->uuid);
    return true;
}
