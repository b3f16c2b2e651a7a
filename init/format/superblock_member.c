/* The probes of the layers below file systems: md RAID, bcache, LVM2, LUKS and zfs. */
#include <assert.h>
#include <libdeflate.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/crc.h"
#include "format/digest.h"
#include "format/partition.h"
#include "format/superblock_probe.h"
#include "system/text.h"

/* All fields of the structs are bytes, so that they have neither padding nor alignment. */

#define SECTOR_SIZE 512u

/* md (include/uapi/linux/raid/md_p.h) */

#define MD_MAGIC 0xa92b4efcu

/* Version 0.90 is in the byte order of its writer. It begins 64 KiB before the end, rounded down to 64 KiB. */
#define MD0_RESERVED UINT64_C(65536)
#define MD0_SIZE 4096u

struct md0_superblock {
    uint8_t magic[4];
    uint8_t major[4];
    uint8_t minor[4];
    uint8_t unused_1[8];
    uint8_t uuid_0[4];
    uint8_t unused_2[8];
    uint8_t size_kib[4]; /* used of each member; 0 for linear and raid0 */
    uint8_t unused_3[16];
    uint8_t uuid_1_3[12];
    uint8_t unused_4[88];
    uint8_t checksum[4];
};
static_assert(offsetof(struct md0_superblock, uuid_0) == 20, "md 0.90 uuid");
static_assert(offsetof(struct md0_superblock, uuid_1_3) == 52, "md 0.90 uuid");
static_assert(offsetof(struct md0_superblock, checksum) == 152, "md 0.90 checksum");

/* Version 1 is little-endian; its minor number says where it lies. */
#define MD1_SIZE_MAX 4096u
#define MD1_0_FROM_END 8192u
#define MD1_1_OFFSET 0u
#define MD1_2_OFFSET 4096u

struct md1_superblock {
    uint8_t magic[4];
    uint8_t major[4];
    uint8_t unused_1[8];
    uint8_t set_uuid[16];
    char set_name[32];
    uint8_t unused_2[80];
    uint8_t super_offset[8]; /* sectors */
    uint8_t unused_3[16];
    uint8_t device_uuid[16];
    uint8_t unused_4[32];
    uint8_t checksum[4];
    uint8_t role_count[4];
    uint8_t unused_5[32];
};
static_assert(offsetof(struct md1_superblock, super_offset) == 144, "md 1 super_offset");
static_assert(offsetof(struct md1_superblock, device_uuid) == 168, "md 1 device_uuid");
static_assert(offsetof(struct md1_superblock, checksum) == 216, "md 1 checksum");
static_assert(sizeof(struct md1_superblock) == 256, "md 1 superblock");

typedef uint32_t get_32(const uint8_t *p);

/* The sum of all 32-bit words but the one at checksum_at, the carries added. */
static uint32_t md_sum(const uint8_t *bytes, size_t size, size_t checksum_at, get_32 *get)
{
    uint64_t sum = 0;
    size_t i;

    for (i = 0; i + 4 <= size; i += 4)
        if (i != checksum_at)
            sum += get(bytes + i);
    if (i + 2 <= size)
        sum += get_le16(bytes + i);
    return (uint32_t)(sum + (sum >> 32));
}

/* The UUID's four words are numbers; their text is big-endian. */
static void md0_format_uuid(const struct md0_superblock *superblock, get_32 *get, char text[SUPERBLOCK_UUID_SIZE])
{
    uint8_t uuid[UUID_SIZE];

    for (size_t i = 0; i < 4; i++) {
        uint32_t word = get(i == 0 ? superblock->uuid_0 : superblock->uuid_1_3 + 4 * (i - 1));
        for (size_t k = 0; k < 4; k++)
            uuid[4 * i + k] = (uint8_t)(word >> (24 - 8 * k));
    }
    superblock_format_uuid(text, uuid);
}

/* The last partition's superblock is also where the whole disk's would be, and 0.90 does not say whose it is. */
static bool md0_is_of_partition(const struct device_view *view, uint64_t offset)
{
    return partition_covers(view, 512, offset) || partition_covers(view, 4096, offset);
}

static bool md0_probe(const struct device_view *view, struct superblock *found)
{
    uint64_t offset;
    const struct md0_superblock *superblock;
    get_32 *get;
    size_t checksum_at;

    if (view->device_size < 2 * MD0_RESERVED)
        return false;
    offset = view->device_size / MD0_RESERVED * MD0_RESERVED - MD0_RESERVED;
    superblock = device_view_bytes(view, offset, MD0_SIZE);
    if (!superblock)
        return false;
    get = get_le32(superblock->magic) == MD_MAGIC ? get_le32 : get_be32;
    if (get(superblock->magic) != MD_MAGIC || get(superblock->major) != 0 || get(superblock->minor) < 90)
        return false;
    checksum_at = offsetof(struct md0_superblock, checksum);
    if (md_sum((const uint8_t *)superblock, MD0_SIZE, checksum_at, get) != get(superblock->checksum))
        return false;
    if (get(superblock->size_kib) * UINT64_C(1024) > offset || md0_is_of_partition(view, offset))
        return false;
    md0_format_uuid(superblock, get, found->uuid);
    return true;
}

/* super_offset tells a disk's superblock from that of its last partition. */
static bool md1_probe_at(const struct device_view *view, uint64_t offset, struct superblock *found)
{
    const struct md1_superblock *superblock = device_view_bytes(view, offset, sizeof(*superblock));
    uint64_t size;
    const uint8_t *bytes;
    size_t checksum_at;

    if (!superblock || get_le32(superblock->magic) != MD_MAGIC || get_le32(superblock->major) != 1)
        return false;
    if (get_le64(superblock->super_offset) != offset / SECTOR_SIZE)
        return false;
    size = sizeof(*superblock) + UINT64_C(2) * get_le32(superblock->role_count);
    bytes = device_view_bytes(view, offset, size);
    if (size > MD1_SIZE_MAX || !bytes)
        return false;
    checksum_at = offsetof(struct md1_superblock, checksum);
    if (md_sum(bytes, (size_t)size, checksum_at, get_le32) != get_le32(superblock->checksum))
        return false;
    superblock_format_uuid(found->uuid, superblock->set_uuid);
    superblock_format_uuid(found->member_uuid, superblock->device_uuid);
    superblock_set_label(found, superblock->set_name, sizeof(superblock->set_name));
    return true;
}

/* 1.0 lies at least 8 KiB before the end, at a multiple of 4 KiB. */
bool superblock_probe_md(const struct device_view *view, struct superblock *found)
{
    if (md0_probe(view, found))
        return true;
    if (view->device_size > MD0_RESERVED && md1_probe_at(view, view->device_size / 4096 * 4096 - MD1_0_FROM_END, found))
        return true;
    return md1_probe_at(view, MD1_1_OFFSET, found) || md1_probe_at(view, MD1_2_OFFSET, found);
}

/* bcache (include/uapi/linux/bcache.h) */

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
    static const uint8_t magic[16] = "\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81";
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

/* LVM2 (lib/format_text/layout.h, lib/label/label.h): a label in one of the first four sectors */

#define LVM2_LABEL_SECTORS 4
#define LVM2_UUID_SIZE 32u
#define LVM2_CRC_START 0xf597a6cfu

struct lvm2_label {
    char id[8];
    uint8_t sector[8];
    uint8_t crc[4]; /* of all that follows in the sector */
    uint8_t pv_header_offset[4];
    char type[8];
};
static_assert(offsetof(struct lvm2_label, pv_header_offset) == 20, "LVM2 label");
static_assert(sizeof(struct lvm2_label) == 32, "LVM2 label");

/* Groups of 6-4-4-4-4-4-6 characters. */
static void lvm2_format_uuid(const char *uuid, char *text)
{
    for (unsigned i = 0; i < LVM2_UUID_SIZE; i++) {
        if (i >= 6 && i <= 26 && i % 4 == 2)
            *text++ = '-';
        *text++ = uuid[i];
    }
    *text = '\0';
}

static bool lvm2_probe_sector(const struct device_view *view, uint64_t sector, struct superblock *found)
{
    const struct lvm2_label *label = device_view_bytes(view, sector * SECTOR_SIZE, SECTOR_SIZE);
    size_t checked_from;
    const uint8_t *bytes;
    uint32_t crc, header_offset;

    if (!label || memcmp(label->id, "LABELONE", 8) != 0 || memcmp(label->type, "LVM2 001", 8) != 0)
        return false;
    checked_from = offsetof(struct lvm2_label, pv_header_offset);
    bytes = (const uint8_t *)label;
    crc = ~libdeflate_crc32(~LVM2_CRC_START, bytes + checked_from, SECTOR_SIZE - checked_from);
    if (get_le64(label->sector) != sector || get_le32(label->crc) != crc)
        return false;
    header_offset = get_le32(label->pv_header_offset);
    if (header_offset > SECTOR_SIZE - LVM2_UUID_SIZE)
        return false;
    lvm2_format_uuid((const char *)bytes + header_offset, found->uuid);
    return true;
}

bool superblock_probe_lvm2(const struct device_view *view, struct superblock *found)
{
    for (uint64_t sector = 0; sector < LVM2_LABEL_SECTORS; sector++)
        if (lvm2_probe_sector(view, sector, found))
            return true;
    return false;
}

/* LUKS (LUKS1 and LUKS2 On-Disk Format Specification); integers are big-endian. LUKS2's checksum is of
 * all of its header; one that is larger than the window, and one of another algorithm than cryptsetup's, is taken on
 * its sizes and its own offset. */

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

/* zfs (ZFS On-Disk Specification, chapter 1). The first label's name-value list is XDR and lies 16 KiB from the
 * start. That the pool is alive there, and not an older one below a new file system, is told by the ring of
 * uberblocks that ends the last label. */

#define ZFS_LABEL_SIZE UINT64_C(262144)
#define ZFS_NVLIST_OFFSET 16384u
#define ZFS_UBERBLOCK_RING_SIZE 131072u
#define ZFS_UBERBLOCK_SIZE 1024u
#define ZFS_UBERBLOCK_MAGIC 0x00bab10cu
#define ZFS_ENCODING_XDR 1
#define ZFS_TYPE_UINT64 8u
#define ZFS_TYPE_STRING 9u

struct zfs_nvlist_header {
    uint8_t encoding;
    uint8_t byte_order;
    uint8_t unused[2];
    uint8_t version[4];
    uint8_t flags[4];
};
static_assert(sizeof(struct zfs_nvlist_header) == 12, "zfs nvlist");

struct zfs_pair_header {
    uint8_t size[4]; /* of all of the pair, encoded; 0 ends the list */
    uint8_t decoded_size[4];
    uint8_t name_length[4];
};
static_assert(sizeof(struct zfs_pair_header) == 12, "zfs pair");

struct zfs_value {
    uint8_t type[4];
    uint8_t count[4];
    uint8_t data[8]; /* an integer, or a string's length and the beginning of it */
};
static_assert(sizeof(struct zfs_value) == 16, "zfs value");
static_assert(DECIMAL_SIZE <= SUPERBLOCK_UUID_SIZE, "zfs guid");

static uint64_t zfs_round_up(uint32_t length)
{
    return ((uint64_t)length + 3) / 4 * 4;
}

static bool zfs_is_alive(const struct device_view *view)
{
    uint64_t end;

    if (view->device_size < 2 * ZFS_LABEL_SIZE)
        return false;
    end = view->device_size / ZFS_LABEL_SIZE * ZFS_LABEL_SIZE;
    for (uint64_t at = end - ZFS_UBERBLOCK_RING_SIZE; at < end; at += ZFS_UBERBLOCK_SIZE) {
        const uint8_t *magic = device_view_bytes(view, at, 8);
        if (magic && (get_le64(magic) == ZFS_UBERBLOCK_MAGIC || get_be64(magic) == ZFS_UBERBLOCK_MAGIC))
            return true;
    }
    return false;
}

/* Takes a pair whose name and value lie within `size` bytes, if it is one that we want. */
static void zfs_take_pair(
    const char *name, size_t name_length, const uint8_t *value_bytes, uint64_t size, struct superblock *found)
{
    const struct zfs_value *value = (const void *)value_bytes;
    uint32_t type, length;

    if (size < sizeof(*value))
        return;
    type = get_be32(value->type);
    if (type == ZFS_TYPE_UINT64 && name_length == 9 && memcmp(name, "pool_guid", 9) == 0)
        text_decimal(get_be64(value->data), found->uuid);
    if (type == ZFS_TYPE_UINT64 && name_length == 4 && memcmp(name, "guid", 4) == 0)
        text_decimal(get_be64(value->data), found->member_uuid);
    length = get_be32(value->data);
    if (type == ZFS_TYPE_STRING && name_length == 4 && memcmp(name, "name", 4) == 0 && length <= size - 12)
        superblock_set_label(found, value->data + 4, length);
}

/* Reads the pair at *offset and moves on; false at the end of the list or of what can be seen. */
static bool zfs_read_pair(const struct device_view *view, uint64_t *offset, struct superblock *found)
{
    const struct zfs_pair_header *header = device_view_bytes(view, *offset, sizeof(*header));
    uint32_t size;
    uint64_t value_at;
    const uint8_t *bytes;
    const char *name;

    if (!header)
        return false;
    size = get_be32(header->size);
    value_at = sizeof(*header) + zfs_round_up(get_be32(header->name_length));
    bytes = device_view_bytes(view, *offset, size);
    if (size == 0 || !bytes || value_at > size)
        return false;
    name = (const char *)bytes + sizeof(*header);
    zfs_take_pair(name, get_be32(header->name_length), bytes + value_at, size - value_at, found);
    *offset += size;
    return true;
}

bool superblock_probe_zfs(const struct device_view *view, struct superblock *found)
{
    const struct zfs_nvlist_header *header = device_view_bytes(view, ZFS_NVLIST_OFFSET, sizeof(*header));
    uint64_t offset;

    if (!header || header->encoding != ZFS_ENCODING_XDR || get_be32(header->version) != 0 || header->byte_order > 1)
        return false;
    offset = ZFS_NVLIST_OFFSET + sizeof(*header);
    while (zfs_read_pair(view, &offset, found))
        continue;
    return found->member_uuid[0] != '\0' && zfs_is_alive(view);
}
