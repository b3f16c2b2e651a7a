#include "format/superblock.h"

#include <errno.h>
#include <string.h>

#include "format/superblock_probe.h"

/* The order matters:
 * - members of a stack come first and the first of them wins, for what lies below shows through: md 0.90 and 1.0 keep
 *   their superblock at the end, bcache and zfs leave the first sectors alone, and a LUKS or LVM2 signature is written
 *   over the start of an older file system, whose other traces stay;
 * - md is first among them, because a LUKS container or a physical volume may fill an md 1.0 array;
 * - of file systems all are asked. Two answers are refused, unless both are tolerant: those that share a device on
 *   purpose (a hybrid ISO image with a FAT boot sector, a disc that is ISO 9660 and UDF). */
static const struct format {
    const char *type;
    enum superblock_usage usage;
    bool tolerant;
    superblock_probe *probe;
    const char *description;
} formats[] = {
    {"linux_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_md, "a member of an md RAID array"},
    {"ddf_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ddf, "a disk of the firmware's RAID (DDF)"},
    {"isw_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_isw, "a disk of the firmware's RAID (IMSM)"},
    {"nvidia_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ata_raid,
        "a disk of the firmware's RAID (NVIDIA)"},
    {"silicon_medley_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ata_raid,
        "a disk of the firmware's RAID (Silicon Image)"},
    {"promise_fasttrack_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ata_raid,
        "a disk of the firmware's RAID (Promise)"},
    {"adaptec_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ata_raid,
        "a disk of the firmware's RAID (Adaptec)"},
    {"lsi_mega_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ata_raid,
        "a disk of the firmware's RAID (LSI)"},
    {"jmicron_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ata_raid,
        "a disk of the firmware's RAID (JMicron)"},
    {"via_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ata_raid, "a disk of the firmware's RAID (VIA)"},
    {"hpt45x_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ata_raid,
        "a disk of the firmware's RAID (Highpoint 45x)"},
    {"hpt37x_raid_member", SUPERBLOCK_MEMBER, false, superblock_probe_ata_raid,
        "a disk of the firmware's RAID (Highpoint 37x)"},
    {"bcache", SUPERBLOCK_MEMBER, false, superblock_probe_bcache, "a bcache device"},
    {"LVM2_member", SUPERBLOCK_MEMBER, false, superblock_probe_lvm2, "an LVM2 physical volume"},
    {"crypto_LUKS", SUPERBLOCK_CRYPTO, false, superblock_probe_luks, "a LUKS container"},
    {"BitLocker", SUPERBLOCK_CRYPTO, false, superblock_probe_bitlocker, "a BitLocker volume"},
    {INTEGRITY_TYPE, SUPERBLOCK_MEMBER, false, superblock_probe_integrity, "a device of dm-integrity"},
    {VERITY_TYPE, SUPERBLOCK_MEMBER, false, superblock_probe_verity, "a hash tree of dm-verity"},
    {"zfs_member", SUPERBLOCK_MEMBER, false, superblock_probe_zfs, "a member of a zfs pool"},

    {"vfat", SUPERBLOCK_FILESYSTEM, true, superblock_probe_vfat, "a vfat file system"},
    {"swsuspend", SUPERBLOCK_SWAP, false, superblock_probe_swsuspend, "a hibernation image"},
    {"swap", SUPERBLOCK_SWAP, false, superblock_probe_swap, "swap space"},
    {"xfs", SUPERBLOCK_FILESYSTEM, false, superblock_probe_xfs, "an xfs file system"},
    /* The probe tells ext2, ext3, ext4 and jbd apart by their features and sets the type. */
    {"ext4", SUPERBLOCK_FILESYSTEM, false, superblock_probe_ext, "an ext4 file system"},
    {"ext3", SUPERBLOCK_FILESYSTEM, false, NULL, "an ext3 file system"},
    {"ext2", SUPERBLOCK_FILESYSTEM, false, NULL, "an ext2 file system"},
    {"jbd", SUPERBLOCK_JOURNAL, false, NULL, "the journal of an ext4 file system"},
    {"iso9660", SUPERBLOCK_FILESYSTEM, true, superblock_probe_iso9660, "an iso9660 file system"},
    {"ntfs", SUPERBLOCK_FILESYSTEM, false, superblock_probe_ntfs, "an ntfs file system"},
    {"squashfs", SUPERBLOCK_FILESYSTEM, false, superblock_probe_squashfs, "a squashfs file system"},
    {"btrfs", SUPERBLOCK_FILESYSTEM, false, superblock_probe_btrfs, "a btrfs file system"},
    {"exfat", SUPERBLOCK_FILESYSTEM, false, superblock_probe_exfat, "an exfat file system"},
    {"f2fs", SUPERBLOCK_FILESYSTEM, false, superblock_probe_f2fs, "an f2fs file system"},
    {"erofs", SUPERBLOCK_FILESYSTEM, false, superblock_probe_erofs, "an erofs file system"},

    /* One probe with a table of its own, by the type. */
    {"jfs", SUPERBLOCK_FILESYSTEM, false, superblock_probe_rare, "a jfs file system"},
    {"reiserfs", SUPERBLOCK_FILESYSTEM, false, superblock_probe_rare, "a reiserfs file system"},
    {"nilfs2", SUPERBLOCK_FILESYSTEM, false, superblock_probe_rare, "a nilfs2 file system"},
    {"udf", SUPERBLOCK_FILESYSTEM, true, superblock_probe_rare, "a udf file system"},
    {"bcachefs", SUPERBLOCK_FILESYSTEM, false, superblock_probe_rare, "a bcachefs file system"},
};

#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

/* only: the one file system that counts among the claims, or NULL. */
static int identify(const struct device_view *view, const char *only, struct superblock *found)
{
    const struct format *first = NULL;
    struct superblock other, *answer = found;

    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        const struct format *format = &formats[i];

        *answer = (struct superblock){.usage = format->usage, .type = format->type};
        if (!format->probe || !format->probe(view, answer))
            continue;
        if (format->usage == SUPERBLOCK_MEMBER || format->usage == SUPERBLOCK_CRYPTO)
            return 0;
        if (only && strcmp(answer->type, only) != 0)
            continue;
        if (first && !(first->tolerant && format->tolerant)) {
            *found = (struct superblock){.claims = {found->type, other.type}};
            return -EINVAL;
        }
        if (!first)
            first = format;
        answer = &other;
    }
    if (!first)
        memset(found, 0, sizeof(*found));
    return 0;
}

int superblock_identify(const struct device_view *view, struct superblock *found)
{
    return identify(view, NULL, found);
}

int superblock_identify_as(const struct device_view *view, const char *type, struct superblock *found)
{
    return identify(view, type, found);
}

static const struct format *format_of(const char *type)
{
    for (size_t i = 0; type && i < FORMAT_COUNT; i++)
        if (strcmp(type, formats[i].type) == 0)
            return &formats[i];
    return NULL;
}

bool superblock_knows(const char *type)
{
    return format_of(type);
}

const char *superblock_describe(const struct superblock *found)
{
    const struct format *format = format_of(found->type);

    return format ? format->description : "nothing known";
}

static void trim_label(struct superblock *found)
{
    size_t length = strlen(found->label);

    while (length > 0 && strchr(" \t\n\v\f\r", found->label[length - 1]))
        length--;
    found->label[length] = '\0';
}

void superblock_set_label(struct superblock *found, const void *label, size_t size)
{
    size_t length = strnlen(label, size < sizeof(found->label) ? size : sizeof(found->label) - 1);

    memcpy(found->label, label, length);
    found->label[length] = '\0';
    trim_label(found);
}

void superblock_set_utf16_label(struct superblock *found, const uint8_t *units, size_t count, enum utf16_order order)
{
    utf16_to_utf8(units, count, order, found->label, sizeof(found->label));
    trim_label(found);
}

void superblock_set_serial(struct superblock *found, const uint8_t *serial, unsigned size, bool has_dash)
{
    static const uint8_t none[8];
    static const char digits[] = "0123456789ABCDEF";
    char *text = found->uuid;

    if (memcmp(serial, none, size) == 0)
        return;
    for (unsigned i = size; i-- > 0;) {
        *text++ = digits[serial[i] >> 4];
        *text++ = digits[serial[i] & 15];
        if (has_dash && i == 2)
            *text++ = '-';
    }
    *text = '\0';
}

void superblock_format_uuid(char text[SUPERBLOCK_UUID_SIZE], const uint8_t uuid[UUID_SIZE])
{
    static const uint8_t none[UUID_SIZE];

    text[0] = '\0';
    if (memcmp(uuid, none, sizeof(none)) != 0)
        uuid_format(uuid, text);
}

bool superblock_is_power_of_two(uint64_t value)
{
    return value != 0 && (value & (value - 1)) == 0;
}
