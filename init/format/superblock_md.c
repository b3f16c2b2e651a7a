/* md (include/uapi/linux/raid/md_p.h) */
#include <assert.h>

#include "contract/bytes.h"
#include "format/partition.h"
#include "format/superblock_probe.h"

#define SECTOR_SIZE 512u

#define MD_MAGIC 0xa92b4efcu

/* Version 0.90 is in the byte order of its writer. It begins 64 KiB before the end, rounded down to 64 KiB. */
#define MD0_RESERVED UINT64_C(65536)
#define MD0_SIZE 4096u

#define MD0_DISKS 27u
#define MD0_ACTIVE 0x2u /* bits of a disk's state */
#define MD0_IN_SYNC 0x4u

struct md0_disk {
    uint8_t number[4];
    uint8_t major[4];
    uint8_t minor[4];
    uint8_t slot[4];
    uint8_t state[4];
    uint8_t unused[108];
};

struct md0_superblock {
    uint8_t magic[4];
    uint8_t major[4];
    uint8_t minor[4];
    uint8_t unused_1[8];
    uint8_t uuid_0[4];
    uint8_t unused_2[4];
    uint8_t level[4];
    uint8_t size_kib[4]; /* used of each member; 0 for linear and raid0 */
    uint8_t unused_3[4];
    uint8_t slots[4];
    uint8_t unused_4[8];
    uint8_t uuid_1_3[12];
    uint8_t unused_5[88];
    uint8_t checksum[4];
    uint8_t events[8]; /* a 64-bit number in the writer's order */
    uint8_t unused_6[92];
    uint8_t layout[4];
    uint8_t unused_7[252];
    struct md0_disk disks[MD0_DISKS];
    struct md0_disk this_disk;
};
static_assert(offsetof(struct md0_superblock, uuid_0) == 20, "md 0.90 uuid");
static_assert(offsetof(struct md0_superblock, level) == 28, "md 0.90 level");
static_assert(offsetof(struct md0_superblock, slots) == 40, "md 0.90 raid_disks");
static_assert(offsetof(struct md0_superblock, uuid_1_3) == 52, "md 0.90 uuid");
static_assert(offsetof(struct md0_superblock, checksum) == 152, "md 0.90 checksum");
static_assert(offsetof(struct md0_superblock, layout) == 256, "md 0.90 layout");
static_assert(offsetof(struct md0_superblock, disks) == 512, "md 0.90 disks");
static_assert(sizeof(struct md0_superblock) == MD0_SIZE, "md 0.90 superblock");

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
    uint8_t unused_2[8];
    uint8_t level[4];
    uint8_t layout[4];
    uint8_t unused_3[12];
    uint8_t slots[4];
    uint8_t unused_4[48];
    uint8_t super_offset[8]; /* sectors */
    uint8_t unused_5[8];
    uint8_t device_number[4]; /* which of the roles is this device's */
    uint8_t unused_6[4];
    uint8_t device_uuid[16];
    uint8_t unused_7[16];
    uint8_t events[8];
    uint8_t unused_8[8];
    uint8_t checksum[4];
    uint8_t role_count[4];
    uint8_t unused_9[32];
    uint8_t roles[]; /* 16 bits each: a slot, or what is none */
};
#define MD1_NO_ROLE 0xffffu
static_assert(offsetof(struct md1_superblock, level) == 72, "md 1 level");
static_assert(offsetof(struct md1_superblock, slots) == 92, "md 1 raid_disks");
static_assert(offsetof(struct md1_superblock, super_offset) == 144, "md 1 super_offset");
static_assert(offsetof(struct md1_superblock, device_number) == 160, "md 1 dev_number");
static_assert(offsetof(struct md1_superblock, device_uuid) == 168, "md 1 device_uuid");
static_assert(offsetof(struct md1_superblock, events) == 200, "md 1 events");
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

static void md0_describe(const struct md0_superblock *superblock, get_32 *get, struct superblock_array *array)
{
    const uint8_t *low = superblock->events + (get == get_le32 ? 0 : 4);
    const uint8_t *high = superblock->events + (get == get_le32 ? 4 : 0);

    *array = (struct superblock_array){.level = (int32_t)get(superblock->level),
        .layout = get(superblock->layout),
        .slots = get(superblock->slots),
        .slot = get(superblock->this_disk.slot),
        .events = (uint64_t)get(high) << 32 | get(low)};
    for (size_t i = 0; i < MD0_DISKS; i++) {
        const struct md0_disk *disk = &superblock->disks[i];

        array->working += get(disk->slot) < array->slots
                          && (get(disk->state) & (MD0_ACTIVE | MD0_IN_SYNC)) == (MD0_ACTIVE | MD0_IN_SYNC);
    }
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
    if (get(superblock->size_kib) * UINT64_C(1024) > offset)
        return false;
    /* The last partition's superblock is also where the whole disk's would be, and 0.90 does not say whose it is. */
    if (partition_covers(view, 512, offset) || partition_covers(view, 4096, offset))
        return false;
    md0_format_uuid(superblock, get, found->uuid);
    md0_describe(superblock, get, &found->array);
    return true;
}

static uint32_t md1_role(const struct md1_superblock *superblock, uint32_t number)
{
    return number < get_le32(superblock->role_count) ? get_le16(superblock->roles + 2 * (size_t)number) : MD1_NO_ROLE;
}

static void md1_describe(const struct md1_superblock *superblock, struct superblock_array *array)
{
    *array = (struct superblock_array){.level = (int32_t)get_le32(superblock->level),
        .layout = get_le32(superblock->layout),
        .slots = get_le32(superblock->slots),
        .slot = md1_role(superblock, get_le32(superblock->device_number)),
        .events = get_le64(superblock->events)};
    for (uint32_t i = 0; i < get_le32(superblock->role_count); i++)
        array->working += md1_role(superblock, i) < array->slots;
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
    md1_describe((const struct md1_superblock *)bytes, &found->array);
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

uint32_t superblock_array_least(const struct superblock_array *array)
{
    uint32_t copies;

    switch (array->level) {
    case 1:
        return 1;
    case 4:
    case 5:
        return array->slots > 2 ? array->slots - 1 : 1;
    case 6:
        return array->slots > 3 ? array->slots - 2 : 1;
    case 10: /* one of each part: near copies, of each of which there are far ones */
        copies = (array->layout & 0xff) * (array->layout >> 8 & 0xff);
        return copies > 0 ? array->slots / copies + (array->slots % copies > 0) : array->slots;
    default:
        return array->slots;
    }
}
