#include "unit.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fixture.h"
#include "format/superblock.h"

/* Real images' ends, made by tests/data/make-fixtures; the list beside them says what they are. */
#define FIXTURES "tests/data/superblock/"
#define BOTH_ENDS (SUPERBLOCK_HEAD_SIZE + SUPERBLOCK_TAIL_SIZE)

struct fixture {
    char name[32];
    char type[32];
    char uuid[64];
    char label[256];
    char member_uuid[64];
    uint64_t device_size;
    uint8_t ends[BOTH_ENDS]; /* the head, then the tail */
};

static void read_ends(struct fixture *fixture)
{
    char path[128];

    snprintf(path, sizeof(path), FIXTURES "%s.gz", fixture->name);
    read_fixture(path, fixture->ends, sizeof(fixture->ends));
}

static void copy_field(char *field, size_t size, const char *text)
{
    size_t length = strlen(text);

    assert_true(length < size);
    memcpy(field, text, length + 1);
}

/* A line: name, size, type, UUID, label, UUID_SUB, with tabs between. */
static void parse_line(char *line, struct fixture *fixture)
{
    char *rest = line;

    line[strcspn(line, "\n")] = '\0';
    copy_field(fixture->name, sizeof(fixture->name), strsep(&rest, "\t"));
    fixture->device_size = strtoull(strsep(&rest, "\t"), NULL, 10);
    copy_field(fixture->type, sizeof(fixture->type), strsep(&rest, "\t"));
    copy_field(fixture->uuid, sizeof(fixture->uuid), strsep(&rest, "\t"));
    copy_field(fixture->label, sizeof(fixture->label), strsep(&rest, "\t"));
    copy_field(fixture->member_uuid, sizeof(fixture->member_uuid), strsep(&rest, "\t"));
    assert_null(rest);
}

/* Calls visit for each fixture and returns how many there are. */
static unsigned for_each_fixture(void (*visit)(const struct fixture *fixture))
{
    static struct fixture fixture;
    FILE *list = fopen(FIXTURES "list", "r");
    char line[1024];
    unsigned count = 0;

    assert_non_null(list);
    for (; fgets(line, sizeof(line), list); count++) {
        parse_line(line, &fixture);
        read_ends(&fixture);
        visit(&fixture);
    }
    fclose(list);
    return count;
}

/* One of them, by name. */
static struct fixture *fixture_named(const char *name)
{
    static struct fixture fixture;
    FILE *list = fopen(FIXTURES "list", "r");
    char line[1024];

    assert_non_null(list);
    do {
        assert_non_null(fgets(line, sizeof(line), list));
        parse_line(line, &fixture);
    } while (strcmp(fixture.name, name) != 0);
    fclose(list);
    read_ends(&fixture);
    return &fixture;
}

/* Copies into buffers of the exact size, so that the sanitizer sees a byte too far. */
static uint8_t *exact_copy(const uint8_t *bytes, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    assert_non_null(copy);
    return memcpy(copy, bytes, size);
}

/* What is seen when no more than head_size and tail_size bytes of the ends could be read. */
static int identify_parts(const struct fixture *fixture, size_t head_size, size_t tail_size, struct superblock *found)
{
    uint8_t *head = exact_copy(fixture->ends, head_size);
    uint8_t *tail = exact_copy(fixture->ends + BOTH_ENDS - tail_size, tail_size);
    const struct device_view view = {.head = head,
        .head_size = head_size,
        .tail = tail,
        .tail_size = tail_size,
        .device_size = fixture->device_size};
    int result = superblock_identify(&view, found);

    free(head);
    free(tail);
    return result;
}

static int identify(const struct fixture *fixture, struct superblock *found)
{
    return identify_parts(fixture, SUPERBLOCK_HEAD_SIZE, SUPERBLOCK_TAIL_SIZE, found);
}

static void assert_unknown(const struct fixture *fixture, const char *what)
{
    struct superblock found;

    if (identify(fixture, &found) == 0 && found.usage == SUPERBLOCK_UNKNOWN && !found.type)
        return;
    fail_msg("%s with %s is taken for %s", fixture->name, what, found.type ? found.type : "two file systems");
}

/* Labels that lie elsewhere, where, and in how many bytes they are looked for. */
static const struct {
    const char *name;
    struct device_range wanted;
} far_labels[] = {
    {"exfat", {2109440, 4096}},
};

#define FAR_LABELS (sizeof(far_labels) / sizeof(far_labels[0]))

static bool label_is_out_of_sight(const struct fixture *fixture)
{
    for (size_t i = 0; i < FAR_LABELS; i++)
        if (strcmp(fixture->name, far_labels[i].name) == 0)
            return true;
    return false;
}

static void assert_as_listed(const struct fixture *fixture)
{
    struct superblock found;

    assert_int_equal(identify(fixture, &found), 0);
    if (!found.type)
        fail_msg("%s is not recognised", fixture->name);
    assert_string_equal(found.type, fixture->type);
    assert_string_equal(found.uuid, fixture->uuid);
    assert_string_equal(found.label, label_is_out_of_sight(fixture) ? "" : fixture->label);
    assert_string_equal(found.member_uuid, fixture->member_uuid);
    assert_string_not_equal(superblock_describe(&found), "nothing known");
}

static void real_images_are_recognised(void **state)
{
    (void)state;
    assert_true(for_each_fixture(assert_as_listed) > 40);
}

static void assert_label_is_wanted(const struct fixture *fixture, const struct device_range *expected)
{
    static uint8_t more[4096];
    struct device_range wanted = {0};
    struct device_view view = {.head = fixture->ends,
        .head_size = SUPERBLOCK_HEAD_SIZE,
        .tail = fixture->ends + SUPERBLOCK_HEAD_SIZE,
        .tail_size = SUPERBLOCK_TAIL_SIZE,
        .device_size = fixture->device_size,
        .wanted = &wanted};
    struct superblock found;
    char path[128];

    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_string_equal(found.label, "");
    assert_true(wanted.offset == expected->offset && wanted.size == expected->size);
    snprintf(path, sizeof(path), FIXTURES "%s.more.gz", fixture->name);
    read_fixture(path, more, sizeof(more));
    view.more = more;
    view.at = wanted;
    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_string_equal(found.type, fixture->type);
    assert_string_equal(found.label, fixture->label);
}

static void labels_that_lie_elsewhere_are_wanted(void **state)
{
    (void)state;
    for (size_t i = 0; i < FAR_LABELS; i++)
        assert_label_is_wanted(fixture_named(far_labels[i].name), &far_labels[i].wanted);
}

/* A root directory, or an MFT, that the device does not have. */
static void what_no_device_has_is_not_wanted(void **state)
{
    (void)state;
    for (size_t i = 0; i < FAR_LABELS; i++) {
        const struct fixture *fixture = fixture_named(far_labels[i].name);
        struct device_range wanted = {0};
        const struct device_view view = {.head = fixture->ends,
            .head_size = SUPERBLOCK_HEAD_SIZE,
            .device_size = far_labels[i].wanted.offset + far_labels[i].wanted.size - 1,
            .wanted = &wanted};
        struct superblock found;

        assert_int_equal(superblock_identify(&view, &found), 0);
        assert_string_equal(found.type, fixture->type);
        assert_int_equal(wanted.size, 0);
    }
}

/* With the MFT in view, there must be one. */
static void a_far_mft_must_be_one(void **state)
{
    static const uint8_t zeros[4096];
    const struct fixture *fixture = fixture_named("ntfs-far");
    const struct device_view view = {.head = fixture->ends,
        .head_size = SUPERBLOCK_HEAD_SIZE,
        .device_size = fixture->device_size,
        .more = zeros,
        .at = {2097152, sizeof(zeros)}};
    struct superblock found;

    (void)state;
    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_null(found.type);
}

/* How much of the head each format needs: with one byte less it is not recognised. */
static const struct {
    const char *name;
    size_t head_size;
} needed[] = {
    {"bcache-backing", 4096 + 208},
    {"bcache-cache", 4096 + 208},
    {"btrfs", 65536 + 4096},
    {"erofs", 4096},
    {"exfat", 11 * 512 + 4},
    {"ext2", 2048},
    {"ext4", 2048},
    {"f2fs", 1024 + 2201 + 64},
    {"f2fs-checksum", 1024 + 3068 + 4},
    {"fat12", 512},
    {"fat32", 512},
    {"iso9660", 32768 + 847},
    {"jbd", 2048},
    {"jfs", 32768 + 168},
    {"luks1", 592},
    {"luks2", 16384},
    {"lvm2", 1024},
    {"lvm2-sector3", 2048},
    {"md-1.1", 256 + 2 * 128},
    {"md-1.2", 4096 + 256 + 2 * 128},
    {"nilfs2", 2048},
    {"ntfs", 512},
    {"reiserfs", 65536 + 116},
    {"reiserfs-3.5", 65536 + 116},
    {"squashfs", 48},
    {"swap", 4096},
    {"swap-64k", 65536},
    {"swsuspend", 4096},
    {"udf", 32768 + 4096 + 6},
    {"verity", 512},
    {"xfs", 512},
    {"xfs-4k", 4096},
    {"xfs-v4", 228},
};

static void a_short_read_is_no_match(void **state)
{
    struct superblock found;

    (void)state;
    for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
        const struct fixture *fixture = fixture_named(needed[i].name);

        assert_int_equal(identify_parts(fixture, needed[i].head_size, 0, &found), 0);
        if (!found.type || strcmp(found.type, fixture->type) != 0)
            fail_msg("%s is not recognised by %zu bytes", fixture->name, needed[i].head_size);
        assert_int_equal(identify_parts(fixture, needed[i].head_size - 1, 0, &found), 0);
        if (found.type)
            fail_msg("%s is recognised by %zu bytes", fixture->name, needed[i].head_size - 1);
    }
}

/* Whatever is cut off, it is what it is or nothing, and no byte beyond is read. */
static void assert_safe_when_cut(const struct fixture *fixture)
{
    static const size_t tails[] = {0, 1, 4096, 8192, 65536, 69632, 131071, 131072};
    struct superblock found;

    for (size_t head = 0; head <= SUPERBLOCK_HEAD_SIZE; head += 509)
        for (size_t i = 0; i < sizeof(tails) / sizeof(tails[0]); i++) {
            assert_int_equal(identify_parts(fixture, head, tails[i], &found), 0);
            if (found.type)
                assert_string_equal(found.type, fixture->type);
        }
}

static void any_short_read_is_safe(void **state)
{
    (void)state;
    for_each_fixture(assert_safe_when_cut);
}

/* One bit of the head (or, from BOTH_ENDS backwards, of the tail) is wrong: right magic, wrong rest. */
static const struct {
    const char *name;
    const char *what;
    long offset; /* negative: from the end of the device */
    uint8_t flip;
} look_alikes[] = {
    {"bcache-backing", "a wrong checksum", 4096 + 120, 1},
    {"bcache-cache", "too many keys", 4096 + 207, 0x80},
    {"btrfs", "a wrong checksum", 65536 + 3000, 1},
    {"btrfs-xxhash", "an unknown checksum type", 65536 + 196, 8},
    {"btrfs-xxhash", "a wrong XXH64", 65536 + 3000, 1},
    {"btrfs-sha256", "a wrong SHA-256", 65536 + 3000, 1},
    {"btrfs-blake2", "a wrong BLAKE2b", 65536 + 3000, 1},
    {"btrfs-sha256", "a SHA-256 that ends wrongly", 65536 + 31, 1},
    {"btrfs-blake2", "the last byte of the superblock", 65536 + 4095, 1},
    {"luks2", "a wrong SHA-256", 16383, 1},
    {"luks2", "a wrong digest", 448 + 31, 1},
    {"btrfs-xxhash", "the offset of a copy", 65536 + 48, 1},
    {"btrfs-xxhash", "an odd sector size", 65536 + 144, 1},
    {"erofs", "a wrong checksum", 1024 + 200, 1},
    {"erofs", "nonsensical blocks", 1024 + 12, 0x80},
    {"exfat", "a wrong checksum", 200, 1},
    {"exfat", "no boot signature", 510, 1},
    {"exfat", "nonsensical sectors", 108, 0x80},
    {"ext2", "nonsensical blocks", 1024 + 24, 0x80},
    {"ext4", "a wrong checksum", 1024 + 300, 1},
    {"ext4", "an unknown checksum type", 1024 + 373, 2},
    {"f2fs", "nonsensical sectors", 1024 + 8, 0x80},
    {"f2fs", "sectors that do not make a block", 1024 + 12, 1},
    {"f2fs-checksum", "a wrong checksum", 1024 + 2000, 1},
    {"f2fs-checksum", "a checksum beyond all", 1024 + 35, 0x80},
    {"fat12", "no FAT", 16, 2},
    {"fat16", "an odd cluster size", 13, 3},
    {"fat16", "an odd sector size", 11, 1},
    {"fat32", "a medium that does not exist", 21, 0x80},
    {"fat32", "a wrong information sector", 512, 1},
    {"iso9660", "a version that does not exist", 32768 + 6, 2},
    {"iso9660", "an odd block size", 32768 + 128, 1},
    {"jfs", "blocks of another size", 32768 + 20, 1},
    {"jfs", "sectors larger than blocks", 32768 + 28, 0x40},
    {"luks1", "a key slot in no state", 208, 1},
    {"luks1", "a version that does not exist", 7, 4},
    {"luks2", "the offset of its copy", 262, 0x40},
    {"luks2", "an odd header size", 14, 1},
    {"lvm2", "a wrong checksum", 512 + 100, 1},
    {"lvm2", "the label of another sector", 512 + 8, 2},
    {"md-0.90", "a wrong checksum", -65536 + 3000, 1},
    {"md-0.90", "another major version", -65536 + 4, 1},
    {"md-1.0", "a wrong checksum", -8192 + 100, 1},
    {"md-1.0", "another place", -8192 + 144, 1},
    {"md-1.1", "a wrong checksum", 100, 1},
    {"md-1.2", "a wrong checksum", 4096 + 100, 1},
    {"md-1.2", "too many members", 4096 + 223, 1},
    {"nilfs2", "a wrong checksum", 1024 + 100, 1},
    {"nilfs2", "more bytes than there are", 1024 + 9, 0x80},
    {"ntfs", "a number of FATs", 16, 1},
    {"ntfs", "an odd cluster size", 13, 3},
    {"ntfs", "no boot signature", 510, 1},
    {"ntfs", "no MFT where it should be", 48, 8},
    {"reiserfs", "an odd block size", 65536 + 44, 1},
    {"reiserfs", "a tree beyond its blocks", 65536 + 11, 0x80},
    {"squashfs", "another version", 28, 1},
    {"squashfs", "nonsensical blocks", 22, 1},
    {"squashfs", "more bytes than the device", 45, 1},
    {"swap", "another version", 1024, 2},
    {"swsuspend", "another signature", 4086, 1},
    {"udf", "another standard", 32768 + 2048 + 1, 1},
    {"xfs", "a wrong checksum", 300, 1},
    {"xfs", "another version", 101, 2},
    {"xfs-v4", "nonsensical blocks", 120, 1},
    {"xfs-v4", "more blocks than groups", 8, 1},
    {"zfs", "another encoding", 16384, 2},
};

static void look_alikes_are_no_match(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(look_alikes) / sizeof(look_alikes[0]); i++) {
        struct fixture *fixture = fixture_named(look_alikes[i].name);
        long offset = look_alikes[i].offset;

        fixture->ends[offset < 0 ? (long)BOTH_ENDS + offset : offset] ^= look_alikes[i].flip;
        assert_unknown(fixture, look_alikes[i].what);
    }
}

static void a_dead_pool_is_no_match(void **state)
{
    struct fixture *fixture = fixture_named("zfs");

    (void)state;
    memset(fixture->ends + SUPERBLOCK_HEAD_SIZE, 0, SUPERBLOCK_TAIL_SIZE);
    assert_unknown(fixture, "no uberblocks");
}

static void put_le32(uint8_t *at, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

/* Intel's, of 700 bytes: its first sector is the last but one, the rest is in the one before. */
static uint8_t *put_isw(struct fixture *fixture, uint8_t arrays)
{
    uint8_t *first = fixture->ends + BOTH_ENDS - 1024, *rest = first - 512;
    uint32_t sum = 0;

    memset(rest, 0, 1024);
    memcpy(first, "Intel Raid ISM Cfg Sig. 1.1.00", 30);
    put_le32(first + 36, 700);
    put_le32(first + 40, 0xcafe);
    put_le32(first + 44, 7);
    first[56] = 2;
    first[57] = arrays;
    rest[100] = 0x55;
    for (unsigned i = 0; i < 700; i++)
        sum += (uint32_t)(i < 512 ? first[i] : rest[i - 512]) << i % 4 * 8;
    put_le32(first + 32, sum);
    return first;
}

static void the_firmwares_raid_of_intel(void **state)
{
    struct fixture *fixture = fixture_named("ext4");
    struct superblock found;
    uint8_t *superblock = put_isw(fixture, 1);

    (void)state;
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.type, "isw_raid_member");
    assert_int_equal(found.usage, SUPERBLOCK_MEMBER);
    assert_int_equal(found.array.family, 0xcafe);
    assert_int_equal(found.array.events, 7);
    assert_int_equal(found.array.slots, 2);
    for (int offset = -512; offset < 512; offset += 60) { /* in either of its sectors, but beyond its end */
        superblock[offset] ^= 1;
        assert_int_equal(identify(fixture, &found), 0);
        assert_string_equal(found.type, offset < 0 && offset >= 188 - 512 ? "isw_raid_member" : "ext4");
        superblock[offset] ^= 1;
    }
    put_isw(fixture, 0); /* a spare, or what is left of one */
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.type, "ext4");
}

/* The disk's, which its last partition ends with too. */
static void the_firmwares_raid_is_of_disks(void **state)
{
    struct fixture *fixture = fixture_named("ext4");
    struct device_view view = {.head = fixture->ends,
        .head_size = SUPERBLOCK_HEAD_SIZE,
        .tail = fixture->ends + SUPERBLOCK_HEAD_SIZE,
        .tail_size = SUPERBLOCK_TAIL_SIZE,
        .device_size = fixture->device_size};
    struct superblock found;

    (void)state;
    put_isw(fixture, 1);
    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_string_equal(found.type, "isw_raid_member");
    view.is_partition = true;
    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_string_equal(found.type, "ext4");
}

/* The last sector of a disk of a container that mdadm has made; what is left out is 0xff. */
static void the_firmwares_raid_of_ddf(void **state)
{
    static const struct {
        size_t offset, size;
        const char *bytes;
    } parts[] = {{0, 51,
                     "\xde\x11\xde\x11\xbf\x95\x66\x6a\x4c\x69\x6e\x75\x78\x2d\x4d\x44\xde\xad\xbe\xef\x00\x00\x00\x00"
                     "\x58\x3f\x02\x3d\x37\xf6\xca\x2d\x30\x31\x2e\x30\x32\x2e\x30\x30\xff\xff\xff\xff\x58\x3f\x02\x42"
                     "\xff\x00\x00"},
        {96, 42,
            "\x00\x00\x00\x00\x00\x03\x80\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\xff\xff\xff\x00\x00\x80\x00"
            "\x00\x00\x00\x00\x00\x03\x00\x00\x03\xff\x00\xff\x00\x40\x00\x07\x01\x00"},
        {192, 64,
            "\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x80\x00\x00\x00\x82\x00\x00\x00\x20"
            "\x00\x00\x00\xa2\x00\x00\x01\xc7\x00\x00\x02\x69\x00\x00\x00\x01\xff\xff\xff\xff\x00\x00\x00\x00"
            "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\x00\x00\x00\x00"}};
    struct fixture *fixture = fixture_named("ext4");
    uint8_t *header = fixture->ends + BOTH_ENDS - 512;
    struct superblock found;

    (void)state;
    memset(header, 0xff, 512);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        memcpy(header + parts[i].offset, parts[i].bytes, parts[i].size);
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.type, "ddf_raid_member");
    assert_int_equal(found.array.slots, 0);
    assert_int_not_equal(found.array.family, 0);
    header[9] ^= 1;
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.type, "ext4");
}

static void put_le16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)value;
    at[1] = (uint8_t)(value >> 8);
}

/* The firmware of ATA controllers: each writes its second disk of two, of a set that is known by 0x1234 or a name. */
static void put_nvidia(uint8_t *at)
{
    uint32_t sum = 0;

    memcpy(at, "NVIDIA  ", 8);
    put_le32(at + 8, 30);
    at[18] = 1;
    put_le32(at + 56, 0x1234);
    at[74] = 2;
    put_le32(at + 76, 0x81);
    for (unsigned i = 0; i < 120; i++)
        sum += (uint32_t)at[i] << i % 4 * 8;
    put_le32(at + 12, -sum);
}

static void put_silicon(uint8_t *at)
{
    unsigned sum = 0;

    put_le32(at + 0x60, 0x2f000000);
    memcpy(at + 0x10c, "\x01\x02\x03\x04\x05\x06", 6);
    memcpy(at + 0x116, "\x01\x01\x01\x00\x02\x00", 6); /* its number, a mirror, of one by two */
    for (unsigned i = 0; i < 0x13e; i++)
        sum += (unsigned)at[i] << i % 2 * 8;
    put_le16(at + 0x13e, -sum);
}

static void put_promise(uint8_t *at)
{
    memcpy(at, "Promise Technology, Inc.", 24);
    at[0x205] = 1;
    memcpy(at + 0x21f, "\x01\x02\x00\x01", 4);
    put_le32(at + 0x22c, 0x1234);
}

static void put_via(uint8_t *at)
{
    memcpy(at, "\x55\xaa\x01", 3);
    put_le16(at + 3, 1 << 2 | 1 << 3 | 2 << 10); /* in use, a mirror, its copy */
    put_le32(at + 18, 0x1234);
    for (unsigned i = 0; i < 50; i++)
        at[50] = (uint8_t)(at[50] + at[i]);
}

static void put_jmicron(uint8_t *at)
{
    unsigned sum = 0;

    memcpy(at, "JM\x01\x00", 4);
    put_le32(at + 0x10, 0x20);
    memcpy(at + 0x20, "set", 3);
    at[0x30] = 1;
    put_le32(at + 0x40, 0x10);
    put_le32(at + 0x44, 0x21);
    for (unsigned i = 0; i < 128; i++)
        sum += (unsigned)at[i] << i % 2 * 8;
    put_le16(at + 4, -sum);
}

static void put_lsi(uint8_t *at)
{
    memcpy(at, "$XIDE$", 6);
    at[0x10] = 2;
    at[0x1f0] = 1;
    put_le32(at + 0x1f2, 0x1234);
}

static void put_highpoint_37x(uint8_t *at)
{
    put_le32(at + 32, 0x5a7816f0);
    put_le32(at + 36, 0x1234);
    memcpy(at + 48, "\x02\x00\x01\x01", 4);
}

static void put_highpoint_45x(uint8_t *at)
{
    put_le32(at, 0x5a7816f3);
    put_le32(at + 4, 0x1234);
    memcpy(at + 16, "\x06\x02\x01", 3);
}

static void put_adaptec(uint8_t *at)
{
    memcpy(at, "\x37\xfc\x4d\x1e", 4);
    memcpy(at + 0x100, "DPTM", 4);
}

static const struct ata_raid_case {
    const char *type;
    int at; /* from the device's end, or its beginning */
    unsigned checked_at;
    void (*put)(uint8_t *at);
    bool counts;
} ata_raid_cases[] = {
    {"nvidia_raid_member", -1024, 100, put_nvidia, true},
    {"silicon_medley_raid_member", -512, 0x100, put_silicon, true},
    {"promise_fasttrack_raid_member", -63 * 512, 5, put_promise, true},
    {"promise_fasttrack_raid_member", -256 * 512, 5, put_promise, true},
    {"via_raid_member", -512, 40, put_via, true},
    {"jmicron_raid_member", -512, 0x60, put_jmicron, true},
    {"lsi_mega_raid_member", -512, 5, put_lsi, true},
    {"hpt37x_raid_member", 9 * 512, 35, put_highpoint_37x, true},
    {"hpt45x_raid_member", -11 * 512, 3, put_highpoint_45x, true},
    {"adaptec_raid_member", -512, 0x101, put_adaptec, false},
};

static void the_firmwares_raid_of_ata_controllers(void **state)
{
    struct fixture *fixture;
    struct superblock found;

    (void)state;
    for (size_t i = 0; i < sizeof(ata_raid_cases) / sizeof(ata_raid_cases[0]); i++) {
        const struct ata_raid_case *test = &ata_raid_cases[i];
        struct device_view view;
        uint8_t *at;

        fixture = fixture_named("ext4");
        at = fixture->ends + (test->at < 0 ? (long)BOTH_ENDS + test->at : test->at);
        memset(at, 0, 512);
        test->put(at);
        assert_int_equal(identify(fixture, &found), 0);
        assert_string_equal(found.type, test->type);
        assert_int_equal(found.usage, SUPERBLOCK_MEMBER);
        assert_non_null(strstr(superblock_describe(&found), "firmware's RAID"));
        assert_int_equal(found.array.slots, test->counts ? 2 : 0);
        if (test->counts) {
            assert_int_equal(found.array.level, 1);
            assert_int_equal(found.array.slot, 1);
            assert_int_not_equal(found.array.family, 0);
        }
        view = (struct device_view){.head = fixture->ends,
            .head_size = SUPERBLOCK_HEAD_SIZE,
            .tail = fixture->ends + SUPERBLOCK_HEAD_SIZE,
            .tail_size = SUPERBLOCK_TAIL_SIZE,
            .device_size = fixture->device_size,
            .is_partition = true}; /* of a disk, whose last bytes are no business of its last partition's */
        assert_int_equal(superblock_identify(&view, &found), 0);
        assert_string_equal(found.type, "ext4");
        at[test->checked_at] ^= 0x10; /* in its magic, or in what its checksum is of */
        assert_int_equal(identify(fixture, &found), 0);
        assert_string_equal(found.type, "ext4");
    }
}

/* Adaptec's, whose table lies where the last sector says. */
static void a_set_of_adaptecs_is_counted(void **state)
{
    struct fixture *fixture = fixture_named("ext4");
    uint8_t *last = fixture->ends + BOTH_ENDS - 512, *table = last - 8 * 512;
    uint64_t sector = fixture->device_size / 512 - 9;
    struct superblock found;

    (void)state;
    memset(last, 0, 512);
    memset(table, 0, 512);
    put_adaptec(last);
    last[0x106] = (uint8_t)(sector >> 8);
    last[0x107] = (uint8_t)sector;
    last[0x105] = (uint8_t)(sector >> 16);
    memcpy(table, "\x90\x07\x65\xc4", 4);
    table[65] = 2;
    table[73] = 1;
    memcpy(table + 64 + 48, "name", 4);
    assert_int_equal(identify(fixture, &found), 0);
    assert_int_equal(found.array.slots, 2);
    assert_int_equal(found.array.level, 1);
    assert_int_not_equal(found.array.family, 0);
}

static void ext_features_decide_the_type(void **state)
{
    struct fixture *fixture = fixture_named("ext2");
    struct superblock found;

    (void)state;
    fixture->ends[1024 + 92] |= 4; /* has_journal */
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.type, "ext3");
    fixture->ends[1024 + 96] |= 0x40; /* extents */
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.type, "ext4");
    fixture->ends[1024 + 92] &= (uint8_t)~4u; /* ext4 without a journal */
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.type, "ext4");
}

static void btrfs_counts_its_devices(void **state)
{
    struct superblock found;

    (void)state;
    assert_int_equal(identify(fixture_named("btrfs"), &found), 0);
    assert_int_equal(found.device_count, 1);
    assert_int_equal(identify(fixture_named("btrfs-two"), &found), 0);
    assert_int_equal(found.device_count, 2);
    assert_int_equal(identify(fixture_named("ext4"), &found), 0);
    assert_int_equal(found.device_count, 0);
}

static void sizes_are_told(void **state)
{
    static const struct {
        const char *name;
        uint64_t size;
    } sizes[] = {{"ext2", 1 << 20}, {"ext4", 4 << 20}, {"ext4-no-checksum", 16 << 20}, {"xfs", 300 << 20},
        {"btrfs", 128 << 20}, {"f2fs", 64 << 20}, {"erofs", 76 << 12}, {"squashfs", 0}};
    struct superblock found;

    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        assert_int_equal(identify(fixture_named(sizes[i].name), &found), 0);
        assert_int_equal(found.size, sizes[i].size);
        assert_false(found.log_elsewhere);
    }
}

/* Its count is that of all of them, and its own size is not told. */
static void a_f2fs_of_several_devices_has_no_size_here(void **state)
{
    struct fixture fixture = *fixture_named("f2fs");
    struct superblock found;

    (void)state;
    fixture.ends[1024 + 2201] = '/';
    assert_int_equal(identify(&fixture, &found), 0);
    assert_string_equal(found.type, "f2fs");
    assert_int_equal(found.size, 0);
}

static void usages_are_told_apart(void **state)
{
    static const struct {
        const char *name;
        enum superblock_usage usage;
    } usages[] = {{"ext4", SUPERBLOCK_FILESYSTEM}, {"jbd", SUPERBLOCK_JOURNAL}, {"swap", SUPERBLOCK_SWAP},
        {"swsuspend", SUPERBLOCK_SWAP}, {"luks2", SUPERBLOCK_CRYPTO}, {"lvm2", SUPERBLOCK_MEMBER},
        {"md-1.2", SUPERBLOCK_MEMBER}, {"zfs", SUPERBLOCK_MEMBER}, {"bcache-backing", SUPERBLOCK_MEMBER},
        {"fat32", SUPERBLOCK_FILESYSTEM}};
    struct superblock found;

    (void)state;
    for (size_t i = 0; i < sizeof(usages) / sizeof(usages[0]); i++) {
        assert_int_equal(identify(fixture_named(usages[i].name), &found), 0);
        assert_int_equal(found.usage, usages[i].usage);
    }
}

/* No tool here makes one: these are the fields that the format's description names. */
static void bitlocker_is_known_by_its_guid(void **state)
{
    static const uint8_t guid[16] = {
        0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01};
    static const struct {
        const char *signature;
        size_t guid_at;
    } kinds[] = {{"-FVE-FS-", 160}, {"MSWIN4.1", 424}};
    static uint8_t head[512];
    struct device_view view = {.head = head, .head_size = sizeof(head), .device_size = 64 << 20};
    struct superblock found;

    (void)state;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        uint8_t *places = head + kinds[i].guid_at + sizeof(guid);

        memset(head, 0, sizeof(head));
        memcpy(head + 3, kinds[i].signature, 8);
        memcpy(head + kinds[i].guid_at, guid, sizeof(guid));
        for (size_t copy = 0; copy < 3; copy++)
            places[8 * copy + 2] = (uint8_t)(0x10 + copy); /* little-endian, from 1 MiB on */
        assert_int_equal(superblock_identify(&view, &found), 0);
        assert_string_equal(found.type, "BitLocker");
        assert_int_equal(found.usage, SUPERBLOCK_CRYPTO);
        places[3] = 4; /* beyond the end */
        assert_int_equal(superblock_identify(&view, &found), 0);
        assert_null(found.type);
        places[3] = 0;
        head[kinds[i].guid_at] ^= 1;
        assert_int_equal(superblock_identify(&view, &found), 0);
        assert_null(found.type);
        head[kinds[i].guid_at] ^= 1;
        view.head_size = kinds[i].guid_at + 16;
        assert_int_equal(superblock_identify(&view, &found), 0);
        assert_null(found.type);
        view.head_size = sizeof(head);
    }
}

/* Puts part of one fixture's head over another's. */
static void overlay(struct fixture *fixture, const char *name, size_t offset, size_t size)
{
    static struct fixture below;

    below = *fixture;
    *fixture = *fixture_named(name);
    memcpy(below.ends + offset, fixture->ends + offset, size);
    *fixture = below;
}

static void members_win_over_what_shows_through(void **state)
{
    static const char *const members[] = {
        "md-0.90", "md-0.90-linear", "md-1.0", "lvm2-sector3", "luks1", "luks2", "zfs"};
    static struct fixture fixture;
    struct superblock found;

    (void)state;
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
        fixture = *fixture_named(members[i]);
        overlay(&fixture, "btrfs", 65536, 4096);
        assert_int_equal(identify(&fixture, &found), 0);
        assert_string_equal(found.type, fixture.type);
        assert_string_equal(found.uuid, fixture.uuid);
    }
}

static void md_tells_of_its_array(void **state)
{
    static const struct {
        const char *fixture;
        struct superblock_array array;
    } fixtures[] = {
        {"md-0.90", {.level = 1, .slots = 2, .working = 2, .slot = 0, .events = 1}},
        {"md-0.90-linear", {.level = -1, .slots = 2, .working = 2, .slot = 0, .events = 1}},
        {"md-1.0", {.level = 1, .slots = 2, .working = 2, .slot = 0, .events = 0}},
        {"md-1.1", {.level = 1, .slots = 2, .working = 2, .slot = 0, .events = 0}},
        {"md-1.2", {.level = 1, .slots = 2, .working = 2, .slot = 0, .events = 0}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(fixtures) / sizeof(fixtures[0]); i++) {
        const struct superblock_array *array = &fixtures[i].array;
        struct superblock found;

        assert_int_equal(identify(fixture_named(fixtures[i].fixture), &found), 0);
        assert_int_equal(found.array.level, array->level);
        assert_int_equal(found.array.slots, array->slots);
        assert_int_equal(found.array.working, array->working);
        assert_int_equal(found.array.slot, array->slot);
        assert_int_equal(found.array.events, array->events);
    }
}

static void md_starts_without_some(void **state)
{
    static const struct {
        struct superblock_array array;
        uint32_t least;
    } cases[] = {
        {{.level = -1, .slots = 2}, 2},
        {{.level = 0, .slots = 3}, 3},
        {{.level = 1, .slots = 3}, 1},
        {{.level = 4, .slots = 3}, 2},
        {{.level = 5, .slots = 4}, 3},
        {{.level = 5, .slots = 1}, 1},
        {{.level = 6, .slots = 4}, 2},
        {{.level = 6, .slots = 2}, 1},
        {{.level = 10, .layout = 0x102, .slots = 4}, 2},
        {{.level = 10, .layout = 0x102, .slots = 5}, 3},
        {{.level = 10, .layout = 0x103, .slots = 3}, 1}, /* three copies side by side */
        {{.level = 10, .layout = 0x103, .slots = 7}, 3},
        {{.level = 10, .layout = 0x202, .slots = 4}, 1},
        {{.level = 10, .layout = 0x10301, .slots = 4}, 2}, /* three far copies */
        {{.level = 10, .layout = 0, .slots = 4}, 4},       /* no such layout */
        {{.level = 10, .layout = 0x102, .slots = UINT32_MAX}, 1u << 31},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(superblock_array_least(&cases[i].array), cases[i].least);
}

/* The end of the last partition is the end of the disk: what lies there is the partition's. */
static void md_of_the_last_partition_is_not_of_the_disk(void **state)
{
    struct fixture *fixture = fixture_named("md-0.90");
    uint8_t *entry = fixture->ends + 446;
    uint32_t sectors = (uint32_t)(fixture->device_size / 512 - 2048);
    struct superblock found;

    (void)state;
    memcpy(fixture->ends + 510, "\x55\xaa", 2);
    entry[4] = 0xfd;
    entry[9] = 2048 >> 8;
    for (int i = 0; i < 4; i++)
        entry[12 + i] = (uint8_t)(sectors >> (8 * i));
    assert_unknown(fixture, "a partition over it");
    entry[13] = 0; /* a partition of the array instead: it ends before */
    entry[14] = 0;
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.type, "linux_raid_member");
}

static void two_file_systems_are_refused(void **state)
{
    static struct fixture fixture;
    struct superblock found;

    (void)state;
    fixture = *fixture_named("xfs");
    overlay(&fixture, "ext4", 1024, 1024);
    assert_int_equal(identify(&fixture, &found), -EINVAL);
    assert_null(found.type);
    assert_int_equal(found.usage, SUPERBLOCK_UNKNOWN);
    assert_string_equal(found.claims[0], "xfs");
    assert_string_equal(found.claims[1], "ext4");
}

static int identify_as(const struct fixture *fixture, const char *type, struct superblock *found)
{
    const struct device_view view = {.head = fixture->ends,
        .head_size = SUPERBLOCK_HEAD_SIZE,
        .tail = fixture->ends + SUPERBLOCK_HEAD_SIZE,
        .tail_size = SUPERBLOCK_TAIL_SIZE,
        .device_size = fixture->device_size};

    return superblock_identify_as(&view, type, found);
}

static void a_word_settles_two_claims(void **state)
{
    static struct fixture fixture;
    struct superblock found;

    (void)state;
    fixture = *fixture_named("xfs");
    overlay(&fixture, "ext4", 1024, 1024);
    assert_int_equal(identify_as(&fixture, "xfs", &found), 0);
    assert_string_equal(found.uuid, fixture.uuid);
    assert_int_equal(identify_as(&fixture, "ext4", &found), 0);
    assert_string_equal(found.uuid, fixture_named("ext4")->uuid);
    assert_int_equal(identify_as(&fixture, "btrfs", &found), 0);
    assert_int_equal(found.usage, SUPERBLOCK_UNKNOWN);
    assert_null(found.type);
    overlay(&fixture, "luks1", 0, 1024);
    assert_int_equal(identify_as(&fixture, "ext4", &found), 0);
    assert_string_equal(found.type, "crypto_LUKS"); /* no word makes a member a file system */
}

/* As blkid has it: the two that share a device on purpose. */
static void a_hybrid_image_is_no_conflict(void **state)
{
    static struct fixture fixture;
    struct superblock found;

    (void)state;
    fixture = *fixture_named("iso9660");
    overlay(&fixture, "fat12", 0, 512);
    assert_int_equal(identify(&fixture, &found), 0);
    assert_string_equal(found.type, "vfat");
    fixture = *fixture_named("iso9660");
    overlay(&fixture, "ext4", 1024, 1024);
    assert_int_equal(identify(&fixture, &found), -EINVAL);
}

/* A disc for both. */
static void a_bridge_is_no_conflict(void **state)
{
    static struct fixture fixture;
    struct superblock found;

    (void)state;
    fixture = *fixture_named("udf");
    overlay(&fixture, "fat12", 0, 512);
    assert_int_equal(identify(&fixture, &found), 0);
    assert_string_equal(found.type, "vfat");
    fixture = *fixture_named("udf");
    overlay(&fixture, "ext4", 1024, 1024);
    assert_int_equal(identify(&fixture, &found), -EINVAL);
    assert_string_equal(found.claims[1], "udf");
}

/* ztest left one device of a mirror. Its numbers are zdb's. */
static void a_zfs_tells_of_its_pool(void **state)
{
    static struct fixture twice;
    struct superblock found;
    uint8_t *children;

    (void)state;
    twice = *fixture_named("zfs");
    assert_int_equal(identify(&twice, &found), 0);
    assert_int_equal(found.pool.groups, 1);
    assert_int_equal(found.pool.group, UINT64_C(5523181366766363627));
    assert_int_equal(found.pool.members, 1);
    children = memmem(twice.ends + 16384, 4096, "children", 8);
    children = memmem(children + 8, 4096, "children", 8); /* the first is "vdev_children" */
    assert_non_null(children);
    children[8 + 7] = 3;
    assert_int_equal(identify(&twice, &found), 0);
    assert_int_equal(found.pool.members, 3);
}

/* No Debian of today makes one. */
static void a_bcachefs_is_told_by_its_magic(void **state)
{
    static const uint8_t magic[16] = {
        0xc6, 0x85, 0x73, 0xf6, 0x66, 0xce, 0x90, 0xa9, 0xd9, 0x6a, 0x60, 0xcf, 0x80, 0x3d, 0xf7, 0xef};
    static struct fixture fixture = {.name = "bcachefs", .device_size = 1 << 20};
    struct superblock found;

    (void)state;
    memcpy(fixture.ends + 4096 + 24, magic, sizeof(magic));
    memset(fixture.ends + 4096 + 56, 0x5a, 16);
    memcpy(fixture.ends + 4096 + 72, "copy on write", 13);
    fixture.ends[4096 + 122] = 1;
    fixture.ends[4096 + 123] = 2;
    assert_int_equal(identify(&fixture, &found), 0);
    assert_string_equal(found.type, "bcachefs");
    assert_string_equal(found.uuid, "5a5a5a5a-5a5a-5a5a-5a5a-5a5a5a5a5a5a");
    assert_string_equal(found.label, "copy on write");
    assert_string_equal(found.member_uuid, "1");
    assert_int_equal(found.device_count, 2);
    assert_string_equal(superblock_describe(&found), "a bcachefs file system");
}

static void the_types_that_are_told_are_known(void **state)
{
    (void)state;
    assert_true(superblock_knows("ext2") && superblock_knows("jfs") && superblock_knows("crypto_LUKS"));
    assert_false(superblock_knows("minix") || superblock_knows("") || superblock_knows(NULL));
}

static void a_fat_without_a_name_has_no_label(void **state)
{
    struct fixture *fixture = fixture_named("fat32-far");
    struct superblock found;

    (void)state;
    memcpy(fixture->ends + 71, "NO NAME    ", 11);
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.label, "");
}

static void a_fats_directory_knows_better(void **state)
{
    struct fixture *fixture = fixture_named("fat12");
    struct superblock found;

    (void)state;
    memcpy(fixture->ends + 43, "STALE      ", 11);
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.label, "TWELVE");
    fixture = fixture_named("fat-unnamed");
    memcpy(fixture->ends + 43, "STALE      ", 11);
    assert_int_equal(identify(fixture, &found), 0);
    assert_string_equal(found.label, "");
    assert_int_equal(identify_parts(fixture_named("fat12"), 512, 0, &found), 0);
    assert_string_equal(found.label, "TWELVE"); /* the boot sector's copy, when the directory is out of sight */
}

static void a_far_directory_of_a_fat_is_wanted(void **state)
{
    static uint8_t directory[4096];
    struct fixture *fixture = fixture_named("fat32-far");
    struct device_range wanted = {0};
    struct device_view view = {.head = fixture->ends,
        .head_size = SUPERBLOCK_HEAD_SIZE,
        .device_size = fixture->device_size,
        .wanted = &wanted};
    struct superblock found;

    (void)state;
    memcpy(fixture->ends + 71, "NO NAME    ", 11); /* the boot sector's copy */
    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_string_equal(found.label, "");
    read_fixture(FIXTURES "fat32-far.more.gz", directory, sizeof(directory));
    view.more = directory;
    view.at = wanted;
    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_string_equal(found.label, "FAR ROOT");
    memcpy(fixture->ends + 71, "STALE      ", 11);
    memset(directory, 0, sizeof(directory));
    assert_int_equal(superblock_identify(&view, &found), 0);
    assert_string_equal(found.label, "");
}

static void nothing_is_nothing(void **state)
{
    static struct fixture fixture = {.name = "nothing", .device_size = 1 << 20};
    const struct device_view empty = {0};
    struct superblock found;

    (void)state;
    assert_unknown(&fixture, "zeros only");
    memset(fixture.ends, 0xff, sizeof(fixture.ends));
    assert_unknown(&fixture, "ones only");
    assert_int_equal(superblock_identify(&empty, &found), 0);
    assert_int_equal(found.usage, SUPERBLOCK_UNKNOWN);
    assert_string_equal(superblock_describe(&found), "nothing known");
}

static void people_get_a_phrase(void **state)
{
    struct superblock found;

    (void)state;
    assert_int_equal(identify(fixture_named("ext3"), &found), 0);
    assert_string_equal(superblock_describe(&found), "an ext3 file system");
    assert_int_equal(identify(fixture_named("luks1"), &found), 0);
    assert_string_equal(superblock_describe(&found), "a LUKS container");
    assert_int_equal(identify(fixture_named("lvm2"), &found), 0);
    assert_string_equal(superblock_describe(&found), "an LVM2 physical volume");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_images_are_recognised),
        cmocka_unit_test(labels_that_lie_elsewhere_are_wanted),
        cmocka_unit_test(what_no_device_has_is_not_wanted),
        cmocka_unit_test(a_far_mft_must_be_one),
        cmocka_unit_test(a_short_read_is_no_match),
        cmocka_unit_test(any_short_read_is_safe),
        cmocka_unit_test(look_alikes_are_no_match),
        cmocka_unit_test(a_dead_pool_is_no_match),
        cmocka_unit_test(ext_features_decide_the_type),
        cmocka_unit_test(btrfs_counts_its_devices),
        cmocka_unit_test(sizes_are_told),
        cmocka_unit_test(a_f2fs_of_several_devices_has_no_size_here),
        cmocka_unit_test(usages_are_told_apart),
        cmocka_unit_test(bitlocker_is_known_by_its_guid),
        cmocka_unit_test(members_win_over_what_shows_through),
        cmocka_unit_test(md_tells_of_its_array),
        cmocka_unit_test(md_starts_without_some),
        cmocka_unit_test(md_of_the_last_partition_is_not_of_the_disk),
        cmocka_unit_test(two_file_systems_are_refused),
        cmocka_unit_test(a_word_settles_two_claims),
        cmocka_unit_test(a_hybrid_image_is_no_conflict),
        cmocka_unit_test(a_bridge_is_no_conflict),
        cmocka_unit_test(a_bcachefs_is_told_by_its_magic),
        cmocka_unit_test(a_zfs_tells_of_its_pool),
        cmocka_unit_test(the_types_that_are_told_are_known),
        cmocka_unit_test(a_fat_without_a_name_has_no_label),
        cmocka_unit_test(a_fats_directory_knows_better),
        cmocka_unit_test(a_far_directory_of_a_fat_is_wanted),
        cmocka_unit_test(the_firmwares_raid_of_intel),
        cmocka_unit_test(the_firmwares_raid_is_of_disks),
        cmocka_unit_test(the_firmwares_raid_of_ddf),
        cmocka_unit_test(the_firmwares_raid_of_ata_controllers),
        cmocka_unit_test(a_set_of_adaptecs_is_counted),
        cmocka_unit_test(nothing_is_nothing),
        cmocka_unit_test(people_get_a_phrase),
    };

    return RUN_TESTS(tests);
}
