/* File systems that few roots have: jfs (fs/jfs/jfs_superblock.h), reiserfs (fs/reiserfs/reiserfs.h), nilfs2
 * (include/uapi/linux/nilfs2_ondisk.h), udf (ECMA-167, the volume recognition sequence) and bcachefs
 * (fs/bcachefs/bcachefs_format.h). What the kernel mounts beside these takes rootfstype=. */
#include <libdeflate.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"
#include "system/text.h"

/* The magic alone may be what an older file system left behind. */
typedef bool rest_is_sane(const uint8_t *superblock);

static bool jfs_is_sane(const uint8_t *superblock)
{
    unsigned block_log = get_le16(superblock + 20), sector_log = get_le16(superblock + 28);

    return block_log >= 9 && block_log <= 16 && get_le32(superblock + 16) == 1u << block_log && sector_log <= block_log
           && get_le32(superblock + 24) == 1u << sector_log && get_le16(superblock + 22) == block_log - sector_log;
}

static bool reiserfs_is_sane(const uint8_t *superblock)
{
    uint32_t blocks = get_le32(superblock), block_size = get_le16(superblock + 44);

    return superblock_is_power_of_two(block_size) && block_size >= 512 && get_le32(superblock + 8) < blocks
           && get_le32(superblock + 4) <= blocks;
}

#define NILFS2_SIZE 1024u
#define NILFS2_CHECKSUM_AT 16u

/* CRC-32 from a seed of its own and not inverted, unlike libdeflate's; its own place counts as zeros. */
static bool nilfs2_is_sane(const uint8_t *superblock)
{
    static const uint8_t blank[4];
    uint32_t size = get_le16(superblock + 8), crc = ~get_le32(superblock + 12);

    if (size < NILFS2_CHECKSUM_AT + sizeof(blank) || size > NILFS2_SIZE)
        return false;
    crc = libdeflate_crc32(crc, superblock, NILFS2_CHECKSUM_AT);
    crc = libdeflate_crc32(crc, blank, sizeof(blank));
    crc = libdeflate_crc32(
        crc, superblock + NILFS2_CHECKSUM_AT + sizeof(blank), size - NILFS2_CHECKSUM_AT - sizeof(blank));
    return ~crc == get_le32(superblock + NILFS2_CHECKSUM_AT);
}

#define UDF_SIZE (4096u + 6u)

static bool udf_is_nsr(const uint8_t *descriptor)
{
    return !memcmp(descriptor + 1, "NSR02", 5) || !memcmp(descriptor + 1, "NSR03", 5);
}

/* What begins with BEA01 is of ECMA-167; which of its kinds, the next descriptor says: 2 KiB on, or on a disk of larger
 * sectors one sector. */
static bool udf_is_sane(const uint8_t *descriptors)
{
    return udf_is_nsr(descriptors + 2048) || udf_is_nsr(descriptors + 4096);
}

static const struct rare {
    const char *type;
    uint32_t superblock_at;
    uint16_t superblock_size; /* as much of it as is looked at, bytes */
    uint8_t magic_at, magic_size, uuid_at, label_at,
        label_size; /* bytes within it; uuid_at, label_size 0: none known */
    uint8_t index_at,
        count_at; /* a device's number among those of the file system, and how many it has; 0: it has one */
    const char *magic;
    rest_is_sane *is_sane;
} rare_ones[] = {
    {"jfs", 32768, 168, 0, 4, 136, 152, 16, 0, 0, "JFS1", jfs_is_sane},
    {"reiserfs", 65536, 116, 52, 6, 84, 100, 16, 0, 0, "ReIsEr",
        reiserfs_is_sane}, /* ReIsErFs, ReIsEr2Fs and ReIsEr3Fs */
    {"nilfs2", 1024, NILFS2_SIZE, 6, 2, 152, 168, 80, 0, 0, "\x34\x34", nilfs2_is_sane},
    /* Its names lie far behind what these descriptors tell. */
    {"udf", 32768, UDF_SIZE, 1, 5, 0, 0, 0, 0, 0, "BEA01", udf_is_sane},
    {"bcachefs", 4096, 124, 24, 16, 56, 72, 32, 122, 123,
        "\xc6\x85\x73\xf6\x66\xce\x90\xa9\xd9\x6a\x60\xcf\x80\x3d\xf7\xef", NULL},
};

bool superblock_probe_rare(const struct device_view *view, struct superblock *found)
{
    const struct rare *rare = rare_ones;
    const uint8_t *superblock;

    while (strcmp(rare->type, found->type) != 0)
        rare++;
    superblock = device_view_bytes(view, rare->superblock_at, rare->superblock_size);
    if (!superblock || memcmp(superblock + rare->magic_at, rare->magic, rare->magic_size) != 0)
        return false;
    if (rare->is_sane && !rare->is_sane(superblock))
        return false;
    if (rare->uuid_at)
        superblock_format_uuid(found->uuid, superblock + rare->uuid_at);
    superblock_set_label(found, superblock + rare->label_at, rare->label_size);
    if (rare->count_at) {
        found->device_count = superblock[rare->count_at];
        (void)text_decimal(superblock[rare->index_at], found->member_uuid);
    }
    return true;
}
