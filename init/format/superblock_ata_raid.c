/* Disks of the firmware's RAID that dmraid knows: the formats of ATA controllers from before Intel's and SNIA's, which
 * are mdadm's (superblock_isw.c, superblock_ddf.c). Each is a few bytes at a place of its own near the end of the whole
 * disk (Highpoint's older one: near its beginning), as dmraid's lib/format/ataraid and libblkid's superblocks have
 * them.
 *
 * Promise's may lie up to 3,087 sectors before the end; only where the tail that is read anyhow has it, it is seen. */
#include <libdeflate.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/partition.h"
#include "format/superblock_probe.h"

#define SECTOR_SIZE 512u

/* False for what only looks like it. What it tells of its set goes to *array; of a set whose disks it does not count,
 * slots stay 0. */
typedef bool read_set(const struct device_view *view, const uint8_t *superblock, struct superblock_array *array);

#define RAID_10 10
#define LINEAR (-1)
#define UNKNOWN_LEVEL (-2)

static uint32_t sum_le32(const uint8_t *bytes, unsigned words)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < words; i++)
        sum += get_le32(bytes + 4 * (size_t)i);
    return sum;
}

static uint16_t sum_le16(const uint8_t *bytes, unsigned words)
{
    uint32_t sum = 0;

    for (unsigned i = 0; i < words; i++)
        sum += get_le16(bytes + 2 * (size_t)i);
    return (uint16_t)sum;
}

/* nv.h. All its words, with the one that is there for it, come to nothing. */
static bool read_nvidia(const struct device_view *view, const uint8_t *superblock, struct superblock_array *array)
{
    uint32_t level = get_le32(superblock + 76);

    (void)view;
    *array = (struct superblock_array){.level = level == 0x80     ? 0
                                                : level == 0x81   ? 1
                                                : level == 0x8180 ? RAID_10
                                                : level == 0xff   ? LINEAR
                                                : level == 0x95   ? 5
                                                                  : UNKNOWN_LEVEL,
        .slots = superblock[74],
        .slot = superblock[18],
        .family = sum_le32(superblock + 56, 4)};
    return get_le32(superblock + 8) == 30 && sum_le32(superblock, 30) == 0;
}

/* sil.h. When it was made, to the second, is what its disks have in common. */
static bool read_silicon(const struct device_view *view, const uint8_t *superblock, struct superblock_array *array)
{
    uint8_t type = superblock[0x117], striped = superblock[0x118], mirrored = superblock[0x11a];

    (void)view;
    *array = (struct superblock_array){.level = type == 0     ? 0
                                                : type == 1   ? 1
                                                : type == 2   ? RAID_10
                                                : type == 16  ? 5
                                                : type == 255 ? LINEAR
                                                              : UNKNOWN_LEVEL,
        .slots = type == 1   ? mirrored
                 : type == 2 ? striped * (uint32_t)mirrored
                             : striped,
        .slot = superblock[0x116],
        .family = libdeflate_crc32(0, superblock + 0x10c, 6)};
    return (get_le32(superblock + 0x60) & 0x3ffffff) == 0x3000000 && superblock[0x116] < 8
           && (uint16_t)(sum_le16(superblock, 0x13e / 2) + get_le16(superblock + 0x13e)) == 0;
}

/* pdc.h */
static bool read_promise(const struct device_view *view, const uint8_t *superblock, struct superblock_array *array)
{
    uint8_t type = superblock[0x21f], disks = superblock[0x220], striped = superblock[0x222];

    (void)view;
    *array = (struct superblock_array){.level = type == 0                               ? 0
                                                : type == 1 && disks > 2 && striped > 1 ? RAID_10
                                                : type == 1                             ? 1
                                                : type == 8                             ? LINEAR
                                                                                        : UNKNOWN_LEVEL,
        .slots = disks,
        .slot = superblock[0x205],
        .family = get_le32(superblock + 0x22c)};
    return disks > 0 && disks <= 8;
}

/* via.h. The set's own number is made of those of its disks. */
static bool read_via(const struct device_view *view, const uint8_t *superblock, struct superblock_array *array)
{
    unsigned disk = get_le16(superblock + 3), type = disk >> 3 & 15, place = disk >> 10 & 31;
    uint8_t sum = 0;

    (void)view;
    for (unsigned i = 0; i < 50; i++)
        sum = (uint8_t)(sum + superblock[i]);
    *array = (struct superblock_array){.level = type == 0   ? 0
                                                : type == 1 ? 1
                                                : type == 9 ? RAID_10
                                                : type == 8 ? LINEAR
                                                            : UNKNOWN_LEVEL,
        .slots = type == 1 ? 2 : superblock[5] & 7u,
        .slot = type == 1 ? (place & 3) == 2 : place & 7,
        .family = superblock[5] + sum_le32(superblock + 18, 8)};
    return superblock[2] <= 2 && sum == superblock[50];
}

/* jm.h: 128 bytes, whose words come to nothing, or to one. */
static bool read_jmicron(const struct device_view *view, const uint8_t *superblock, struct superblock_array *array)
{
    uint8_t mode = superblock[0x30];

    (void)view;
    *array = (struct superblock_array){.level = mode == 2   ? RAID_10
                                                : mode == 3 ? LINEAR
                                                : mode <= 5 ? mode
                                                            : UNKNOWN_LEVEL,
        .family = libdeflate_crc32(0, superblock + 0x20, 16)};
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t member = get_le32(superblock + 0x40 + 4 * (size_t)i);

        if (member != 0)
            array->slots = i + 1;
        if (((member ^ get_le32(superblock + 0x10)) & ~15u) == 0)
            array->slot = i;
    }
    return sum_le16(superblock, 64) <= 1;
}

/* lsi.h */
static bool read_lsi(const struct device_view *view, const uint8_t *superblock, struct superblock_array *array)
{
    uint8_t type = superblock[0x10];

    (void)view;
    *array = (struct superblock_array){.level = type == 3   ? RAID_10
                                                : type == 2 ? 1
                                                : type == 1 ? 0
                                                            : UNKNOWN_LEVEL,
        .slots = type == 3                ? 4
                 : type == 2 || type == 1 ? 2
                                          : 0,
        .slot = type == 3 ? superblock[0x1f1] * 2u + superblock[0x1f0] : superblock[0x1f0],
        .family = get_le32(superblock + 0x1f2)};
    return true;
}

/* hpt37x.h: 32 bytes before the magic. */
static bool read_highpoint_37x(
    const struct device_view *view, const uint8_t *superblock, struct superblock_array *array)
{
    uint32_t magic = get_le32(superblock + 32);
    uint8_t type = superblock[50];

    (void)view;
    *array = (struct superblock_array){.level = type == 0                ? 0
                                                : type == 1              ? 1
                                                : type == 2 || type == 7 ? RAID_10
                                                : type == 3              ? LINEAR
                                                : type == 5              ? 5
                                                                         : UNKNOWN_LEVEL,
        .slots = superblock[48],
        .slot = superblock[51],
        .family = get_le32(superblock + 36)};
    return (magic == 0x5a7816f0 || magic == 0x5a7816fd) && superblock[51] < 32;
}

/* hpt45x.h */
static bool read_highpoint_45x(
    const struct device_view *view, const uint8_t *superblock, struct superblock_array *array)
{
    uint32_t magic = get_le32(superblock);
    uint8_t type = superblock[16], mirrors = superblock[33];

    (void)view;
    *array = (struct superblock_array){.level = type == 5 && mirrors > 1 ? RAID_10
                                                : type == 5              ? 0
                                                : type == 6              ? 1
                                                : type == 4              ? LINEAR
                                                                         : UNKNOWN_LEVEL,
        .slots = superblock[17],
        .slot = superblock[18],
        .family = get_le32(superblock + 4)};
    return (magic == 0x5a7816f3 || magic == 0x5a7816fd) && superblock[18] < 8;
}

#define ASR_NAME_SIZE 16u

/* asr.h, big-endian: the last sector says where the table is whose first line is the set's. */
static bool read_adaptec(const struct device_view *view, const uint8_t *superblock, struct superblock_array *array)
{
    const uint8_t *table = device_view_bytes(view, (uint64_t)get_be32(superblock + 0x104) * SECTOR_SIZE, SECTOR_SIZE);
    const uint8_t *set = table ? table + 64 : NULL;

    *array = (struct superblock_array){.level = UNKNOWN_LEVEL, .slot = UINT32_MAX};
    if (table && get_be32(table) == 0x900765c4)
        *array = (struct superblock_array){.level = set[9] <= 1 ? set[9] : UNKNOWN_LEVEL,
            .slots = get_be16(set),
            .slot = UINT32_MAX, /* the table's lines have no numbers */
            .family = libdeflate_crc32(0, set + 48, ASR_NAME_SIZE)};
    return get_be32(superblock + 0x100) == 0x4450544d;
}

static const struct ata_raid {
    const char *type;
    uint16_t from_end;   /* sectors */
    uint16_t from_begin; /* the same; 0: it is counted from the end */
    uint16_t size;       /* as much of it as is looked at, bytes */
    uint8_t magic_at, magic_size;
    const char *magic;
    read_set *read;
} ata_raids[] = {
    {"nvidia_raid_member", 2, 0, 120, 0, 6, "NVIDIA", read_nvidia},
    {"silicon_medley_raid_member", 1, 0, 512, 0x60, 0, "", read_silicon},
    {"promise_fasttrack_raid_member", 63, 0, 1024, 0, 24, "Promise Technology, Inc.", read_promise},
    {"promise_fasttrack_raid_member", 255, 0, 1024, 0, 24, "Promise Technology, Inc.", read_promise},
    {"promise_fasttrack_raid_member", 256, 0, 1024, 0, 24, "Promise Technology, Inc.", read_promise},
    {"promise_fasttrack_raid_member", 16, 0, 1024, 0, 24, "Promise Technology, Inc.", read_promise},
    {"adaptec_raid_member", 1, 0, 512, 0, 4, "\x37\xfc\x4d\x1e", read_adaptec},
    {"lsi_mega_raid_member", 1, 0, 512, 0, 6, "$XIDE$", read_lsi},
    {"jmicron_raid_member", 1, 0, 128, 0, 2, "JM", read_jmicron},
    {"via_raid_member", 1, 0, 51, 0, 2, "\x55\xaa", read_via},
    {"hpt45x_raid_member", 11, 0, 48, 0, 0, "", read_highpoint_45x},
    {"hpt37x_raid_member", 0, 9, 64, 0, 0, "", read_highpoint_37x},
};

/* A device of 64 KiB or less has none (libblkid). */
#define SIZE_LEAST 65536u

static bool is_of_a_set(const struct device_view *view, const struct ata_raid *raid, struct superblock *found)
{
    uint64_t end = view->device_size / SECTOR_SIZE * SECTOR_SIZE;
    uint64_t offset =
        raid->from_begin > 0 ? raid->from_begin * (uint64_t)SECTOR_SIZE : end - raid->from_end * (uint64_t)SECTOR_SIZE;
    const uint8_t *superblock;

    if (strcmp(raid->type, found->type) != 0 || end < raid->from_end * (uint64_t)SECTOR_SIZE)
        return false;
    superblock = device_view_bytes(view, offset, raid->size);
    return superblock && !memcmp(superblock + raid->magic_at, raid->magic, raid->magic_size)
           && raid->read(view, superblock, &found->array)
           && (raid->from_begin > 0 || !partition_covers(view, SECTOR_SIZE, offset));
}

bool superblock_probe_ata_raid(const struct device_view *view, struct superblock *found)
{
    size_t i = 0;

    if (view->is_partition || view->device_size <= SIZE_LEAST)
        return false;
    while (i < sizeof(ata_raids) / sizeof(ata_raids[0]) && !is_of_a_set(view, &ata_raids[i], found))
        i++;
    return i < sizeof(ata_raids) / sizeof(ata_raids[0]);
}
