/* btrfs (Documentation of btrfs-progs, "On-disk format") */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/crc.h"
#include "format/digest.h"
#include "format/superblock_probe.h"

#define BTRFS_SUPERBLOCK_OFFSET 65536u
#define BTRFS_SUPERBLOCK_SIZE 4096u
#define BTRFS_CHECKSUM_SIZE 32u
#define BTRFS_FLAG_SEEDING (UINT64_C(1) << 32)
#define BTRFS_CHECKSUM_CRC32C 0
#define BTRFS_CHECKSUM_XXHASH64 1
#define BTRFS_CHECKSUM_SHA256 2
#define BTRFS_CHECKSUM_BLAKE2B 3

struct btrfs_superblock {
    uint8_t checksum[BTRFS_CHECKSUM_SIZE];
    uint8_t fsid[16];
    uint8_t own_offset[8];
    uint8_t flags[8];
    uint8_t magic[8];
    uint8_t unused_1[64];
    uint8_t device_count[8];
    uint8_t sector_size[4];
    uint8_t node_size[4];
    uint8_t unused_2[44];
    uint8_t checksum_type[2];
    uint8_t unused_3[3];
    uint8_t device_id[8];
    uint8_t device_bytes[8]; /* of this member */
    uint8_t device_item[50];
    uint8_t device_uuid[16];
    uint8_t device_fsid[16];
    char label[256];
};
static_assert(BTRFS_CHECKSUM_SIZE == DIGEST_SIZE, "btrfs checksum");
static_assert(offsetof(struct btrfs_superblock, flags) == 56, "btrfs flags");
static_assert(offsetof(struct btrfs_superblock, magic) == 64, "btrfs magic");
static_assert(offsetof(struct btrfs_superblock, device_count) == 136, "btrfs device_count");
static_assert(offsetof(struct btrfs_superblock, checksum_type) == 196, "btrfs checksum_type");
static_assert(offsetof(struct btrfs_superblock, device_bytes) == 209, "btrfs device_bytes");
static_assert(offsetof(struct btrfs_superblock, device_uuid) == 267, "btrfs device_uuid");
static_assert(offsetof(struct btrfs_superblock, label) == 299, "btrfs label");

static bool btrfs_checksum_is_valid(const struct btrfs_superblock *superblock)
{
    const uint8_t *checked = (const uint8_t *)superblock + BTRFS_CHECKSUM_SIZE;
    const size_t size = BTRFS_SUPERBLOCK_SIZE - BTRFS_CHECKSUM_SIZE;
    uint8_t digest[DIGEST_SIZE];

    switch (get_le16(superblock->checksum_type)) {
    case BTRFS_CHECKSUM_CRC32C:
        return ~crc32c(~0u, checked, size) == get_le32(superblock->checksum);
    case BTRFS_CHECKSUM_XXHASH64:
        return digest_xxh64(checked, size) == get_le64(superblock->checksum);
    case BTRFS_CHECKSUM_SHA256:
        digest_sha256(checked, size, DIGEST_NO_BLANK, digest);
        break;
    case BTRFS_CHECKSUM_BLAKE2B:
        digest_blake2b(checked, size, digest);
        break;
    default:
        return false;
    }
    return memcmp(digest, superblock->checksum, sizeof(digest)) == 0;
}

bool superblock_probe_btrfs(const struct device_view *view, struct superblock *found)
{
    const struct btrfs_superblock *superblock = device_view_bytes(view, BTRFS_SUPERBLOCK_OFFSET, BTRFS_SUPERBLOCK_SIZE);

    if (!superblock || memcmp(superblock->magic, "_BHRfS_M", 8) != 0)
        return false;
    if (get_le64(superblock->own_offset) != BTRFS_SUPERBLOCK_OFFSET
        || !superblock_is_power_of_two(get_le32(superblock->sector_size))
        || !superblock_is_power_of_two(get_le32(superblock->node_size)) || get_le64(superblock->device_count) == 0
        || !btrfs_checksum_is_valid(superblock))
        return false;
    superblock_format_uuid(found->uuid, superblock->fsid);
    superblock_format_uuid(found->member_uuid, superblock->device_uuid);
    superblock_set_label(found, superblock->label, sizeof(superblock->label));
    found->size = get_le64(superblock->device_bytes);
    found->is_seed = get_le64(superblock->flags) & BTRFS_FLAG_SEEDING;
    found->device_count = get_le64(superblock->device_count);
    return true;
}
