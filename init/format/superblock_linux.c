/* The probes of Linux's own file systems and of swap. */
#include <assert.h>
#include <libdeflate.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/crc.h"
#include "format/digest.h"
#include "format/ext_superblock.h"
#include "format/superblock_probe.h"

/* All fields of the structs are bytes, so that they have neither padding nor alignment; the sizes of gaps are
 * checked by the assertions below them. */

/* ext2, ext3, ext4 */

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

    if (!superblock || !ext_superblock_is_valid(superblock))
        return false;
    found->type = ext_type(superblock);
    if (!found->type)
        return false;
    if (strcmp(found->type, "jbd") == 0)
        found->usage = SUPERBLOCK_MEMBER;
    superblock_format_uuid(found->uuid, superblock->uuid);
    superblock_set_label(found, superblock->volume_name, sizeof(superblock->volume_name));
    return true;
}

/* xfs (XFS Algorithms & Data Structures, "Superblocks"); integers are big-endian */

struct xfs_superblock {
    uint8_t magic[4];
    uint8_t block_size[4];
    uint8_t data_blocks[8];
    uint8_t unused_1[16];
    uint8_t uuid[16];
    uint8_t unused_2[36];
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
    superblock_format_uuid(found->uuid, superblock->uuid);
    superblock_set_label(found, superblock->name, sizeof(superblock->name));
    return true;
}

/* btrfs (Documentation of btrfs-progs, "On-disk format") */

#define BTRFS_SUPERBLOCK_OFFSET 65536u
#define BTRFS_SUPERBLOCK_SIZE 4096u
#define BTRFS_CHECKSUM_SIZE 32u
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
    uint8_t device_item_1[66];
    uint8_t device_uuid[16];
    uint8_t device_fsid[16];
    char label[256];
};
static_assert(BTRFS_CHECKSUM_SIZE == DIGEST_SIZE, "btrfs checksum");
static_assert(offsetof(struct btrfs_superblock, magic) == 64, "btrfs magic");
static_assert(offsetof(struct btrfs_superblock, device_count) == 136, "btrfs device_count");
static_assert(offsetof(struct btrfs_superblock, checksum_type) == 196, "btrfs checksum_type");
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
    found->device_count = get_le64(superblock->device_count);
    return true;
}

/* f2fs (include/linux/f2fs_fs.h); the first of its two superblocks */

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
    uint8_t unused_2[72];
    uint8_t uuid[16];
    uint8_t name[2 * F2FS_NAME_UNITS];
};
static_assert(offsetof(struct f2fs_superblock, checksum_offset) == 32, "f2fs checksum_offset");
static_assert(offsetof(struct f2fs_superblock, uuid) == 108, "f2fs uuid");
static_assert(UTF16_TEXT_SIZE(F2FS_NAME_UNITS) <= SUPERBLOCK_LABEL_SIZE, "f2fs label");

static bool f2fs_is_sane(const struct f2fs_superblock *superblock)
{
    uint32_t log_sector_size = get_le32(superblock->log_sector_size);
    uint32_t log_block_size = get_le32(superblock->log_block_size);

    return log_sector_size >= 9 && log_sector_size <= log_block_size && log_block_size >= 12 && log_block_size <= 16
           && get_le32(superblock->log_sectors_per_block) == log_block_size - log_sector_size;
}

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

    if (!superblock || get_le32(superblock->magic) != F2FS_MAGIC || !f2fs_is_sane(superblock))
        return false;
    if (!f2fs_checksum_is_valid(view, superblock))
        return false;
    superblock_format_uuid(found->uuid, superblock->uuid);
    superblock_set_utf16_label(found, superblock->name, F2FS_NAME_UNITS, UTF16_LITTLE_ENDIAN);
    return true;
}

/* squashfs (fs/squashfs/squashfs_fs.h); it has neither UUID nor label nor checksum */

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

/* erofs (fs/erofs/erofs_fs.h) */

#define EROFS_SUPERBLOCK_OFFSET 1024u
#define EROFS_MAGIC 0xe0f5e1e2u
#define EROFS_COMPAT_CHECKSUM 1u

struct erofs_superblock {
    uint8_t magic[4];
    uint8_t checksum[4];
    uint8_t compat[4];
    uint8_t log_block_size;
    uint8_t unused_1[35];
    uint8_t uuid[16];
    char name[16];
    uint8_t incompat[4];
    uint8_t unused_2[44];
};
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
    superblock_format_uuid(found->uuid, superblock->uuid);
    superblock_set_label(found, superblock->name, sizeof(superblock->name));
    return true;
}

/* swap (include/linux/swap.h, mm/swapfile.c): a header at 1 KiB, the signature at the end of the first page */

#define SWAP_HEADER_OFFSET 1024u
#define SWAP_SIGNATURE_SIZE 10u
#define SWAP_PAGE_SIZE_MIN 4096u
#define SWAP_PAGE_SIZE_MAX 65536u

struct swap_header {
    uint8_t version[4];
    uint8_t last_page[4];
    uint8_t bad_page_count[4];
    uint8_t uuid[16];
    char label[16];
};
static_assert(sizeof(struct swap_header) == 44, "swap header");

/* True when one of the signatures ends some page size's first page. Shorter ones are padded with NULs. */
static bool has_swap_signature(
    const struct device_view *view, const char (*signatures)[SWAP_SIGNATURE_SIZE + 1], size_t count)
{
    for (uint32_t page = SWAP_PAGE_SIZE_MIN; page <= SWAP_PAGE_SIZE_MAX; page *= 2) {
        const char *end = device_view_bytes(view, page - SWAP_SIGNATURE_SIZE, SWAP_SIGNATURE_SIZE);
        for (size_t i = 0; end && i < count; i++)
            if (strncmp(end, signatures[i], SWAP_SIGNATURE_SIZE) == 0)
                return true;
    }
    return false;
}

/* The header is of its writer's byte order; only the version tells which. A hibernation image leaves it as it was. */
static bool read_swap_header(const struct device_view *view, struct superblock *found)
{
    const struct swap_header *header = device_view_bytes(view, SWAP_HEADER_OFFSET, sizeof(*header));

    if (!header || (get_le32(header->version) != 1 && get_be32(header->version) != 1))
        return false;
    if (get_le32(header->last_page) == 0)
        return false;
    superblock_format_uuid(found->uuid, header->uuid);
    superblock_set_label(found, header->label, sizeof(header->label));
    return true;
}

bool superblock_probe_swap(const struct device_view *view, struct superblock *found)
{
    static const char signatures[][SWAP_SIGNATURE_SIZE + 1] = {"SWAPSPACE2"};

    return has_swap_signature(view, signatures, 1) && read_swap_header(view, found);
}

/* While a hibernation image lies in the swap space, the signature is the kernel's (kernel/power/swap.c) or that of a
 * user-space hibernator. */
bool superblock_probe_swsuspend(const struct device_view *view, struct superblock *found)
{
    static const char signatures[][SWAP_SIGNATURE_SIZE + 1] = {"S1SUSPEND", "S2SUSPEND", "ULSUSPEND", "LINHIB0001"};

    return has_swap_signature(view, signatures, sizeof(signatures) / sizeof(signatures[0]))
           && read_swap_header(view, found);
}
