/* LUKS (LUKS1 and LUKS2 On-Disk Format Specification); integers are big-endian. LUKS2's checksum is of
 * all of its header; one that is larger than the window, and one of another algorithm than cryptsetup's, is taken on
 * its sizes and its own offset. */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/digest.h"
#include "format/superblock_probe.h"

#define LUKS_UUID_SIZE 40u
#define LUKS1_SLOTS 8
#define LUKS1_SLOT_ACTIVE 0x00ac71f3u
#define LUKS1_SLOT_INACTIVE 0x0000deadu
#define LUKS2_HEADER_SIZE_MIN 16384u
#define LUKS2_HEADER_SIZE_MAX 4194304u

struct luks1_header {
    uint8_t magic[6];
    uint8_t version[2];
    char cipher[32];
    char mode[32];
    char hash[32];
    uint8_t payload_offset[4];
    uint8_t key_size[4];
    uint8_t unused[56];
    char uuid[LUKS_UUID_SIZE];
    struct {
        uint8_t state[4];
        uint8_t unused[44];
    } slots[LUKS1_SLOTS];
};
static_assert(offsetof(struct luks1_header, uuid) == 168, "LUKS1 uuid");
static_assert(sizeof(struct luks1_header) == 592, "LUKS1 header");

struct luks2_header {
    uint8_t magic[6];
    uint8_t version[2];
    uint8_t header_size[8];
    uint8_t sequence[8];
    char label[48];
    char checksum_name[32];
    uint8_t salt[64];
    char uuid[LUKS_UUID_SIZE];
    char subsystem[48];
    uint8_t own_offset[8];
    uint8_t unused[184];
    uint8_t checksum[64];
};
static_assert(offsetof(struct luks2_header, uuid) == 168, "LUKS2 uuid");
static_assert(offsetof(struct luks2_header, own_offset) == 256, "LUKS2 own_offset");
static_assert(offsetof(struct luks2_header, checksum) == 448, "LUKS2 checksum");
static_assert(offsetof(struct luks2_header, checksum) % DIGEST_SHA256_BLOCK == 0, "LUKS2 checksum");

static void luks_copy_uuid(char text[SUPERBLOCK_UUID_SIZE], const char uuid[LUKS_UUID_SIZE])
{
    size_t length = strnlen(uuid, LUKS_UUID_SIZE);

    memcpy(text, uuid, length);
    text[length] = '\0';
}

static bool luks1_probe(const struct device_view *view, struct superblock *found)
{
    const struct luks1_header *header = device_view_bytes(view, 0, sizeof(*header));

    if (!header || header->cipher[0] == '\0' || get_be32(header->key_size) == 0)
        return false;
    for (int i = 0; i < LUKS1_SLOTS; i++) {
        uint32_t state = get_be32(header->slots[i].state);
        if (state != LUKS1_SLOT_ACTIVE && state != LUKS1_SLOT_INACTIVE)
            return false;
    }
    luks_copy_uuid(found->uuid, header->uuid);
    return true;
}

static bool luks2_checksum_is_valid(const struct device_view *view, const struct luks2_header *header, uint64_t size)
{
    const void *bytes = device_view_bytes(view, 0, size);
    uint8_t digest[DIGEST_SIZE];

    if (size > SUPERBLOCK_HEAD_SIZE || strncmp(header->checksum_name, "sha256", sizeof(header->checksum_name)) != 0)
        return true;
    if (!bytes)
        return false;
    digest_sha256(bytes, (size_t)size, offsetof(struct luks2_header, checksum), digest);
    return memcmp(digest, header->checksum, sizeof(digest)) == 0;
}

static bool luks2_probe(const struct device_view *view, struct superblock *found)
{
    const struct luks2_header *header = device_view_bytes(view, 0, sizeof(*header));
    uint64_t size;

    if (!header || get_be64(header->own_offset) != 0 || header->checksum_name[0] == '\0')
        return false;
    size = get_be64(header->header_size);
    if (size < LUKS2_HEADER_SIZE_MIN || size > LUKS2_HEADER_SIZE_MAX || !superblock_is_power_of_two(size)
        || !luks2_checksum_is_valid(view, header, size))
        return false;
    luks_copy_uuid(found->uuid, header->uuid);
    superblock_set_label(found, header->label, sizeof(header->label));
    return true;
}

bool superblock_probe_luks(const struct device_view *view, struct superblock *found)
{
    const uint8_t *bytes = device_view_bytes(view, 0, 8);
    unsigned version;

    if (!bytes || memcmp(bytes, "LUKS\xba\xbe", 6) != 0)
        return false;
    version = get_be16(bytes + 6);
    return (version == 1 && luks1_probe(view, found)) || (version == 2 && luks2_probe(view, found));
}
