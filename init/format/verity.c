#include "format/verity.h"

#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"
#include "format/uuid.h"

struct verity_sb {
    uint8_t signature[8];
    uint8_t version[4];
    uint8_t hash_type[4];
    uint8_t uuid[16];
    char algorithm[VERITY_ALGORITHM_SIZE];
    uint8_t data_block_size[4];
    uint8_t hash_block_size[4];
    uint8_t data_blocks[8];
    uint8_t salt_size[2];
    uint8_t unused[6];
    uint8_t salt[VERITY_SALT_SIZE];
    uint8_t rest[168];
};
static_assert(sizeof(struct verity_sb) == VERITY_SUPERBLOCK_SIZE, "verity superblock");
static_assert(offsetof(struct verity_sb, salt) == 88, "verity salt");

/* As the kernel has them: verity_ctr in drivers/md/dm-verity-target.c. */
static bool is_block_size(uint32_t size)
{
    return size >= 512 && size <= 524288 && (size & (size - 1)) == 0;
}

/* It becomes a word of the kernel's table. */
static bool is_word(const char *text, size_t size)
{
    size_t length = strnlen(text, size);

    for (size_t i = 0; i < length; i++) {
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    }
    return length > 0 && length < size;
}

bool verity_superblock_read(const uint8_t *bytes, struct verity_superblock *found)
{
    const struct verity_sb *sb = (const void *)bytes;

    if (memcmp(sb->signature, "verity\0\0", sizeof(sb->signature)) != 0 || get_le32(sb->version) != 1)
        return false;
    *found = (struct verity_superblock){.hash_type = get_le32(sb->hash_type),
        .data_block_size = get_le32(sb->data_block_size),
        .hash_block_size = get_le32(sb->hash_block_size),
        .data_blocks = get_le64(sb->data_blocks),
        .salt = sb->salt,
        .salt_size = get_le16(sb->salt_size)};
    if (found->hash_type > 1 || !is_block_size(found->data_block_size) || !is_block_size(found->hash_block_size)
        || found->data_blocks == 0 || found->data_blocks > UINT64_MAX / found->data_block_size
        || found->salt_size > VERITY_SALT_SIZE || !is_word(sb->algorithm, sizeof(sb->algorithm)))
        return false;
    memcpy(found->algorithm, sb->algorithm, sizeof(found->algorithm));
    uuid_format(sb->uuid, found->uuid);
    return true;
}

bool superblock_probe_verity(const struct device_view *view, struct superblock *found)
{
    const uint8_t *bytes = device_view_bytes(view, 0, VERITY_SUPERBLOCK_SIZE);
    struct verity_superblock superblock;

    if (!bytes || !verity_superblock_read(bytes, &superblock))
        return false;
    memcpy(found->uuid, superblock.uuid, sizeof(found->uuid));
    return true;
}
