#include "format/integrity.h"

#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

#define VERSION_MAX 6u
#define FLAG_DIRTY_BITMAP 0x4u
#define LOG2_BLOCK_SECTORS_MAX 3u /* MAX_LOG2... of a block of 4,096 bytes */

struct integrity_sb {
    uint8_t magic[8];
    uint8_t version;
    uint8_t log2_interleave_sectors;
    uint8_t tag_size[2];
    uint8_t journal_sections[4];
    uint8_t provided_data_sectors[8];
    uint8_t flags[4];
    uint8_t log2_sectors_per_block;
    uint8_t log2_blocks_per_bitmap_bit;
    uint8_t unused[2];
    uint8_t recalc_sector[8];
    uint8_t rest[24];
};
static_assert(sizeof(struct integrity_sb) == INTEGRITY_SUPERBLOCK_SIZE, "dm-integrity superblock");
static_assert(offsetof(struct integrity_sb, provided_data_sectors) == 16, "dm-integrity provided_data_sectors");

bool integrity_superblock_read(const uint8_t *bytes, struct integrity_superblock *found)
{
    const struct integrity_sb *sb = (const void *)bytes;

    if (memcmp(sb->magic, "integrt\0", sizeof(sb->magic)) != 0 || sb->version == 0 || sb->version > VERSION_MAX
        || sb->log2_sectors_per_block > LOG2_BLOCK_SECTORS_MAX)
        return false;
    *found = (struct integrity_superblock){.tag_size = get_le16(sb->tag_size),
        .block_size = 512u << sb->log2_sectors_per_block,
        .sectors = get_le64(sb->provided_data_sectors),
        .has_journal = !(get_le32(sb->flags) & FLAG_DIRTY_BITMAP)};
    return found->sectors > 0;
}

const char *integrity_algorithm(const struct integrity_superblock *superblock, unsigned number)
{
    static const struct {
        const char *name;
        unsigned tag_size;
    } algorithms[] = {{"crc32c", 4}, {"crc32", 4}, {"xxhash64", 8}, {"sha1", 20}, {"sha256", 32}};

    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (algorithms[i].tag_size == superblock->tag_size && number-- == 0)
            return algorithms[i].name;
    }
    return NULL;
}

bool superblock_probe_integrity(const struct device_view *view, struct superblock *found)
{
    const uint8_t *bytes = device_view_bytes(view, 0, INTEGRITY_SUPERBLOCK_SIZE);
    struct integrity_superblock superblock;

    (void)found; /* there is neither a label nor a UUID */
    return bytes && integrity_superblock_read(bytes, &superblock);
}
