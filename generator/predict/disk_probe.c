#include "predict/disk_probe.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"
#include "contract/bytes.h"
#include "format/ext_superblock.h"
#include "format/integrity.h"
#include "format/luks_header.h"
#include "format/lvm2_plain.h"
#include "format/verity.h"

/* More than any group has; what is larger is for lvm to say. */
#define LVM2_TEXT_MAX (UINT64_C(16) << 20)

/* Exactly these bytes: 0 or -errno. */
static int read_at(int fd, uint8_t *bytes, size_t size, uint64_t offset)
{
    size_t used = 0;

    while (used < size) {
        ssize_t length = pread(fd, bytes + used, size - used, (off_t)(offset + used));

        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return length < 0 ? -errno : -EIO;
        used += (size_t)length;
    }
    return 0;
}

static int identify(const struct device_view *view, const char *as, struct superblock *found)
{
    return as ? superblock_identify_as(view, as, found) : superblock_identify(view, found);
}

/* Once more with what is wanted beyond the ends; what cannot be read tells nothing, as in /init. */
static int identify_with_more(
    int fd, uint64_t offset, struct device_view *view, const char *as, struct superblock *found)
{
    struct device_range wanted = {0};
    uint8_t *more;
    int result;

    view->wanted = &wanted;
    result = identify(view, as, found);
    view->wanted = NULL;
    if (wanted.size == 0)
        return result;
    more = allocate((size_t)wanted.size);
    if (read_at(fd, more, (size_t)wanted.size, offset + wanted.offset) == 0) {
        view->more = more;
        view->at = wanted;
        result = identify(view, as, found);
    }
    free(more);
    return result;
}

int disk_probe(int fd, uint64_t offset, uint64_t size, const char *as, struct superblock *found)
{
    size_t head_size = size < SUPERBLOCK_HEAD_SIZE ? (size_t)size : SUPERBLOCK_HEAD_SIZE;
    size_t tail_size = size < SUPERBLOCK_TAIL_SIZE ? (size_t)size : SUPERBLOCK_TAIL_SIZE;
    uint8_t *ends = allocate(head_size + tail_size + 1);
    struct device_view view = {.head = ends,
        .head_size = head_size,
        .tail = ends + head_size,
        .tail_size = tail_size,
        .device_size = size,
        .is_partition = offset > 0};
    int result = read_at(fd, ends, head_size, offset);

    memset(found, 0, sizeof(*found));
    if (result == 0 && read_at(fd, ends + head_size, tail_size, offset + size - tail_size) < 0)
        view.tail_size = 0;
    if (result == 0)
        result = identify_with_more(fd, offset, &view, as, found);
    free(ends);
    return result;
}

#define EXT_RO_COMPAT_AT (EXT_SUPERBLOCK_OFFSET + offsetof(struct ext_superblock, ro_compat))
#define EXT_RO_COMPAT_QUOTA 0x0100u /* with project quotas too */
#define BTRFS_CHECKSUM_TYPE_AT (65536u + 196u)
#define F2FS_FEATURE_AT (1024u + 2180u)
#define F2FS_FEATURE_QUOTA_INO 0x0080u

/* A field of 32 bits, little-endian, of which the bits of mask have that value. */
static const struct need {
    const char *type;
    uint32_t at; /* bytes from the start of the device */
    uint32_t mask, value;
    enum disk_need kind;
    const char *name;
} known_needs[] = {
    {"ext4", EXT_RO_COMPAT_AT, EXT_RO_COMPAT_QUOTA, EXT_RO_COMPAT_QUOTA, DISK_NEED_WRITABLE, "quota_v2"},
    {"f2fs", F2FS_FEATURE_AT, F2FS_FEATURE_QUOTA_INO, F2FS_FEATURE_QUOTA_INO, DISK_NEED_WISHED, "quota_v2"},
    {"btrfs", BTRFS_CHECKSUM_TYPE_AT, 0xffff, 1, DISK_NEED_ALWAYS, "crypto-xxhash64"},
    {"btrfs", BTRFS_CHECKSUM_TYPE_AT, 0xffff, 2, DISK_NEED_ALWAYS, "crypto-sha256"},
    {"btrfs", BTRFS_CHECKSUM_TYPE_AT, 0xffff, 3, DISK_NEED_ALWAYS, "crypto-blake2b-256"},
};

/* A part of a dm-crypt's specification: "aes", "xts", "plain64", "essiv:sha256", "xchacha12,aes". The beginnings plain
 * and plain64 are dm-crypt's own. */
static void add_cipher_part(struct string_list *needs, const char *part)
{
    struct string_list names = {0};

    string_list_add_parts(&names, part, ":,()");
    for (size_t i = 0; i < names.count; i++) {
        const char *name = names.items[i];

        if (strncmp(name, "plain", strlen("plain")) != 0 && strcmp(name, "random") != 0 && strcmp(name, "aead") != 0
            && strcmp(name, "capi") != 0)
            string_list_take(needs, allocate_format("crypto-%s", name));
    }
    string_list_free(&names);
}

static void add_cipher(int fd, uint64_t offset, struct string_list *needs)
{
    uint8_t *head = allocate(LUKS_HEADER_SIZE);
    struct device_view view = {.head = head, .head_size = LUKS_HEADER_SIZE, .device_size = LUKS_HEADER_SIZE};
    char cipher[LUKS_CIPHER_SIZE], integrity[LUKS_CIPHER_SIZE];
    struct string_list parts = {0};

    if (read_at(fd, head, LUKS_HEADER_SIZE, offset) == 0 && luks_header_cipher(&view, cipher)) {
        string_list_add_parts(&parts, cipher, "-");
        for (size_t i = 0; i < parts.count; i++)
            add_cipher_part(needs, parts.items[i]);
        if (luks_header_integrity(&view, integrity)) {
            string_list_add(needs, "dm-integrity");
            add_cipher_part(needs, integrity);
            if (!strncmp(integrity, "hmac", strlen("hmac"))) /* beside the cipher: authenc puts the two together */
                string_list_add(needs, "crypto-authenc");
        }
    }
    string_list_free(&parts);
    free(head);
}

void disk_probe_array_needs(const struct superblock *found, struct string_list needs[DISK_NEED_KINDS])
{
    if (found->array.slots > 0 && found->type && !strcmp(found->type, "linux_raid_member"))
        string_list_take(&needs[DISK_NEED_ALWAYS], allocate_format("md-level-%" PRId32, found->array.level));
}

void disk_probe_needs(int fd, uint64_t offset, const char *type, struct string_list needs[DISK_NEED_KINDS])
{
    struct string_list *always = &needs[DISK_NEED_ALWAYS];
    uint8_t sums[INTEGRITY_SUPERBLOCK_SIZE], tree[VERITY_SUPERBLOCK_SIZE];
    struct integrity_superblock integrity;
    struct verity_superblock verity;

    for (size_t i = 0; i < sizeof(known_needs) / sizeof(known_needs[0]); i++) {
        uint8_t field[4];

        if (strcmp(known_needs[i].type, type) != 0 || read_at(fd, field, sizeof(field), offset + known_needs[i].at) < 0)
            continue;
        if ((get_le32(field) & known_needs[i].mask) == known_needs[i].value)
            string_list_add(&needs[known_needs[i].kind], known_needs[i].name);
    }
    /* As /init guesses it: the superblock tells no more. */
    if (!strcmp(type, INTEGRITY_TYPE) && read_at(fd, sums, sizeof(sums), offset) == 0
        && integrity_superblock_read(sums, &integrity) && integrity_algorithm(&integrity, 0))
        string_list_take(always, allocate_format("crypto-%s", integrity_algorithm(&integrity, 0)));
    /* The kernel's target, and what the tree is made with. */
    if (!strcmp(type, VERITY_TYPE) && read_at(fd, tree, sizeof(tree), offset) == 0
        && verity_superblock_read(tree, &verity)) {
        string_list_add(always, "dm-verity");
        string_list_take(always, allocate_format("crypto-%s", verity.algorithm));
    }
    if (!strcmp(type, "crypto_LUKS"))
        add_cipher(fd, offset, always);
}

/* The text of a metadata area, which tells of the whole group. A new string, or NULL. */
static char *read_area(int fd, uint64_t offset, const struct device_range *area, struct lvm2_group *group)
{
    uint8_t header[LVM2_HEADER_SIZE];
    struct lvm2_text found;
    uint64_t size;
    char *text;

    if (read_at(fd, header, sizeof(header), offset + area->offset) < 0 || lvm2_find_text(header, area, &found) < 0)
        return NULL;
    size = found.parts[0].size + found.parts[1].size;
    if (size > area->size || size > LVM2_TEXT_MAX)
        return NULL;
    text = allocate((size_t)size + 1);
    if (read_at(fd, (uint8_t *)text, (size_t)found.parts[0].size, offset + found.parts[0].offset) == 0
        && read_at(
               fd, (uint8_t *)text + found.parts[0].size, (size_t)found.parts[1].size, offset + found.parts[1].offset)
               == 0
        && lvm2_text_is_whole(&found, text, (size_t)size)
        && lvm2_group_read((struct lvm2_span){text, text + size}, group) == 0)
        return text;
    free(text);
    return NULL;
}

/* The group points into the string that is returned, a new one; NULL where there is none. */
static char *read_group(int fd, uint64_t offset, struct lvm2_group *group)
{
    struct device_range areas[LVM2_AREAS_MAX];
    uint8_t head[LVM2_HEAD_SIZE];
    unsigned count = read_at(fd, head, sizeof(head), offset) == 0 ? lvm2_find_areas(head, areas) : 0;

    return count > 0 ? read_area(fd, offset, &areas[0], group) : NULL;
}

bool disk_probe_is_plain_lvm(int fd, uint64_t offset)
{
    struct lvm2_group group;
    char *text = read_group(fd, offset, &group);
    bool is_plain = text && lvm2_group_is_all_plain(&group);

    free(text);
    return is_plain;
}

/* What lvm has the kernel load for a segment of the type that begins so (libdm's targets, lib/activate), as the kernel
 * asks for it (dm_get_target_type, drivers/md/dm-target.c). What is not here, it does with what dm-mod itself has. */
static const struct segment_type {
    const char *prefix, *need, *checker;
} segment_types[] = {
    {"thin", "dm-thin-pool", "/usr/sbin/thin_check"},
    {"cache", "dm-cache", "/usr/sbin/cache_check"},
    {"writecache", "dm-writecache", NULL},
    {"snapshot", "dm-snapshot", NULL},
    {"mirror", "dm-mirror", NULL},
    {"raid", "dm-raid", NULL},
    {"integrity", "dm-integrity", NULL},
    {"vdo", "dm-vdo|kvdo", NULL},
};

static void add_segment_type(struct lvm2_span type, struct string_list *needs, struct string_list *checkers)
{
    char name[64], level[64];

    lvm2_text(type, name, sizeof(name));
    if (!strncmp(name, "raid", strlen("raid"))) { /* "raid10", "raid5_ls" */
        snprintf(level, sizeof(level), "md-level-%lu", strtoul(name + strlen("raid"), NULL, 10));
        string_list_add_once(needs, level);
    }
    for (size_t i = 0; i < sizeof(segment_types) / sizeof(segment_types[0]); i++) {
        const struct segment_type *known = &segment_types[i];

        if (strncmp(name, known->prefix, strlen(known->prefix)) != 0)
            continue;
        string_list_add_once(needs, known->need);
        if (known->checker)
            string_list_add_once(checkers, known->checker);
    }
}

bool disk_probe_lvm_needs(
    int fd, uint64_t offset, struct string_list needs[DISK_NEED_KINDS], struct string_list *checkers)
{
    struct lvm2_group group;
    struct lvm2_span type, value;
    struct lvm2_entry volume, segment;
    char *text = read_group(fd, offset, &group);
    struct string_list *list = &needs[text && lvm2_group_has_plain(&group) ? DISK_NEED_SOME : DISK_NEED_ALWAYS];
    bool is_plain = text && lvm2_group_is_all_plain(&group);

    while (text && lvm2_next(&group.logical_volumes, &volume)) {
        while (volume.is_section && lvm2_next(&volume.value, &segment)) {
            value = lvm2_value(segment.value, "type");
            if (segment.is_section && lvm2_next_string(&value, &type))
                add_segment_type(type, list, checkers);
        }
    }
    free(text);
    return is_plain;
}
