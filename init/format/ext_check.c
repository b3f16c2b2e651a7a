#include "format/ext_check.h"

#include <stddef.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/uuid.h"

#define SECONDS_PER_DAY 86400
#define CLOCK_IS_SET_SINCE INT64_C(1262322000) /* 2010-01-01, e2fsck's bound */

/* What e2fsck 1.47 knows; what is newer is for it to judge. */
#define KNOWN_COMPAT 0x1e3fu
#define KNOWN_INCOMPAT 0x3e7d6u
#define KNOWN_RO_COMPAT 0x1f77bu

#define REVISION_DYNAMIC 1u
#define OLD_INODE_SIZE 128u
#define OLD_FIRST_INODE 11u
#define JOURNAL_INODE 8u
#define JOURNAL_BACKUP_BLOCKS 1

/* What a reason is judged by. The superblock is valid unless the first reason has said otherwise. */
struct check {
    const struct ext_superblock *superblock;
    int64_t now;
};

static bool has_feature(const uint8_t features[4], uint32_t feature)
{
    return (get_le32(features) & feature) != 0;
}

static bool is_zero(const uint8_t uuid[UUID_SIZE])
{
    static const uint8_t zero[UUID_SIZE];

    return memcmp(uuid, zero, sizeof(zero)) == 0;
}

/* Times have 40 bits: eight more beside the old 32. */
static int64_t time_of(const uint8_t low[4], uint8_t high)
{
    return (int64_t)((uint64_t)high << 32 | get_le32(low));
}

static uint64_t count_of(const struct ext_superblock *superblock, const uint8_t low[4], const uint8_t high[4])
{
    bool is_64bit = has_feature(superblock->incompat, EXT_INCOMPAT_64BIT);

    return (is_64bit ? (uint64_t)get_le32(high) << 32 : 0) | get_le32(low);
}

static uint32_t block_size_of(const struct ext_superblock *superblock)
{
    return 1024u << get_le32(superblock->log_block_size);
}

/* Without bigalloc a cluster is a block. A group's bitmap of clusters is one block. */
static bool has_sane_groups(const struct ext_superblock *superblock)
{
    uint32_t log_ratio = get_le32(superblock->log_cluster_size) - get_le32(superblock->log_block_size);
    uint32_t clusters = get_le32(superblock->clusters_per_group);
    uint32_t first = block_size_of(superblock) == 1024 && log_ratio == 0;

    if (log_ratio > (has_feature(superblock->ro_compat, EXT_RO_COMPAT_BIGALLOC) ? 16 : 0))
        return false;
    return clusters >= 8 && clusters <= 8 * block_size_of(superblock)
           && get_le32(superblock->blocks_per_group) == (uint64_t)clusters << log_ratio
           && get_le32(superblock->first_data_block) == first;
}

/* The counts say the same thing twice, which shows most accidents where there is no checksum. */
static bool has_sane_counts(const struct ext_superblock *superblock)
{
    uint64_t blocks = count_of(superblock, superblock->blocks_count, superblock->blocks_count_high);
    uint64_t reserved = count_of(superblock, superblock->reserved_blocks, superblock->reserved_blocks_high);
    uint64_t free_blocks = count_of(superblock, superblock->free_blocks, superblock->free_blocks_high);
    uint64_t per_group = get_le32(superblock->blocks_per_group);
    uint64_t groups = (blocks - get_le32(superblock->first_data_block) + per_group - 1) / per_group;
    uint32_t inodes = get_le32(superblock->inodes_count);

    return inodes == groups * get_le32(superblock->inodes_per_group) && reserved <= blocks / 2 && free_blocks <= blocks
           && get_le32(superblock->free_inodes) <= inodes;
}

static bool is_sane_extra_size(const uint8_t extra[2], uint32_t inode_size)
{
    uint32_t size = get_le16(extra);

    return size == 0 || (size >= 4 && size <= inode_size - OLD_INODE_SIZE && size % 4 == 0);
}

/* In revision 0 these numbers are fixed, not written. */
static bool has_sane_inodes(const struct ext_superblock *superblock)
{
    uint32_t size = get_le16(superblock->inode_size);
    uint32_t first = get_le32(superblock->first_inode);

    if (get_le32(superblock->revision) < REVISION_DYNAMIC)
        return true;
    if (size < OLD_INODE_SIZE || size > block_size_of(superblock) || (size & (size - 1)) != 0)
        return false;
    return first >= OLD_FIRST_INODE && first <= get_le32(superblock->inodes_count)
           && is_sane_extra_size(superblock->min_extra_inode_size, size)
           && is_sane_extra_size(superblock->want_extra_inode_size, size);
}

static bool has_sane_descriptors(const struct ext_superblock *superblock)
{
    uint32_t size = get_le16(superblock->descriptor_size);

    if (has_feature(superblock->incompat, EXT_INCOMPAT_64BIT))
        return size >= 64 && size <= 1024 && (size & (size - 1)) == 0;
    return size == 0 || size == 32;
}

static bool is_damaged(const struct check *check)
{
    const struct ext_superblock *superblock = check->superblock;

    return !ext_superblock_is_valid(superblock) || !has_sane_groups(superblock) || !has_sane_counts(superblock)
           || !has_sane_inodes(superblock) || !has_sane_descriptors(superblock);
}

static bool has_unknown_features(const struct check *check)
{
    const struct ext_superblock *superblock = check->superblock;

    return has_feature(superblock->compat, ~KNOWN_COMPAT) || has_feature(superblock->incompat, ~KNOWN_INCOMPAT)
           || has_feature(superblock->ro_compat, ~KNOWN_RO_COMPAT) || get_le32(superblock->revision) > REVISION_DYNAMIC;
}

static bool needs_recovery(const struct check *check)
{
    return has_feature(check->superblock->incompat, EXT_INCOMPAT_RECOVER);
}

static bool has_errors(const struct check *check)
{
    return (get_le16(check->superblock->state) & EXT_STATE_ERRORS) != 0;
}

static bool is_not_clean(const struct check *check)
{
    return (get_le16(check->superblock->state) & EXT_STATE_CLEAN) == 0;
}

static bool has_orphans(const struct check *check)
{
    return get_le32(check->superblock->last_orphan) != 0
           || has_feature(check->superblock->ro_compat, EXT_RO_COMPAT_ORPHAN_PRESENT);
}

/* 0 and -1 mean that mounts are not counted. */
static bool was_mounted_often(const struct check *check)
{
    int16_t max = (int16_t)get_le16(check->superblock->max_mount_count);

    return max > 0 && get_le16(check->superblock->mount_count) >= max;
}

static bool has_interval(const struct check *check)
{
    return get_le32(check->superblock->check_interval) != 0 && check->now >= CLOCK_IS_SET_SINCE;
}

/* e2fsck sets a last mount or write that lies ahead to now, but bears a last check that is up to a day ahead: a clock
 * that runs on local time is that far off. */
static bool has_time_ahead(const struct check *check)
{
    const struct ext_superblock *superblock = check->superblock;

    return has_interval(check)
           && (time_of(superblock->mount_time, superblock->mount_time_high) > check->now
               || time_of(superblock->write_time, superblock->write_time_high) > check->now
               || time_of(superblock->last_check, superblock->last_check_high) > check->now + SECONDS_PER_DAY);
}

static bool is_interval_over(const struct check *check)
{
    int64_t last_check = time_of(check->superblock->last_check, check->superblock->last_check_high);

    if (last_check > check->now)
        last_check -= SECONDS_PER_DAY;
    return has_interval(check) && check->now - last_check >= (int64_t)get_le32(check->superblock->check_interval);
}

/* Multiple mount protection: e2fsck writes its own mark and waits for others'. */
static bool is_shared(const struct check *check)
{
    return has_feature(check->superblock->incompat, EXT_INCOMPAT_MMP);
}

/* The usual: no trace of a journal without the feature, or the reserved inode with its blocks copied here. */
static bool has_odd_journal(const struct check *check)
{
    uint32_t inode = get_le32(check->superblock->journal_inode);
    uint32_t device = get_le32(check->superblock->journal_device);

    if (!is_zero(check->superblock->journal_uuid))
        return true;
    if (!has_feature(check->superblock->compat, EXT_COMPAT_HAS_JOURNAL))
        return inode != 0 || device != 0;
    return inode != JOURNAL_INODE || device != 0 || check->superblock->journal_backup_type != JOURNAL_BACKUP_BLOCKS;
}

/* What e2fsck puts right whenever it looks, however clean the rest. */
static bool has_flaws(const struct check *check)
{
    const struct ext_superblock *superblock = check->superblock;
    uint32_t features = get_le32(superblock->compat) | get_le32(superblock->incompat) | get_le32(superblock->ro_compat);
    bool has_checksums = has_feature(superblock->ro_compat, EXT_RO_COMPAT_METADATA_CSUM);

    if (get_le32(superblock->revision) < REVISION_DYNAMIC && features != 0)
        return true;
    if (is_zero(superblock->uuid) || has_feature(superblock->flags, EXT_FLAG_TEST))
        return true;
    if (has_feature(superblock->compat, EXT_COMPAT_DIR_INDEX) && !has_feature(superblock->flags, EXT_FLAG_HASH_SIGNS))
        return true;
    /* Features that contradict each other. */
    if (has_checksums && has_feature(superblock->ro_compat, EXT_RO_COMPAT_GDT_CSUM))
        return true;
    if (!has_checksums && has_feature(superblock->incompat, EXT_INCOMPAT_CSUM_SEED))
        return true;
    return has_feature(superblock->incompat, EXT_INCOMPAT_64BIT)
           && !has_feature(superblock->incompat, EXT_INCOMPAT_EXTENTS);
}

/* The first that holds is told, so the graver come first and the routine last; that the superblock is valid must come
 * before all. */
static const struct reason {
    bool (*holds)(const struct check *check);
    const char *why;
    enum ext_check due;
} reasons[] = {
    {is_damaged, "has a damaged superblock", EXT_CHECK_NEEDED},
    {has_unknown_features, "has features that are unknown here", EXT_CHECK_NEEDED},
    {needs_recovery, "has a journal to replay", EXT_CHECK_NEEDED},
    {has_errors, "recorded errors", EXT_CHECK_NEEDED},
    {is_not_clean, "was not cleanly unmounted", EXT_CHECK_NEEDED},
    {has_orphans, "has deleted files to clean up", EXT_CHECK_NEEDED},
    {has_time_ahead, "has times in the future", EXT_CHECK_NEEDED},
    {is_shared, "is protected against multiple mounts", EXT_CHECK_NEEDED},
    {has_odd_journal, "has an unusual journal", EXT_CHECK_NEEDED},
    {has_flaws, "has small flaws in its superblock", EXT_CHECK_NEEDED},
    {was_mounted_often, "was mounted too often without a check", EXT_CHECK_ROUTINE},
    {is_interval_over, "was not checked for too long", EXT_CHECK_ROUTINE},
};

enum ext_check ext_check_due(const uint8_t superblock[EXT_SUPERBLOCK_SIZE], int64_t now, const char **why)
{
    const struct check check = {(const void *)superblock, now};

    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].holds(&check)) {
            *why = reasons[i].why;
            return reasons[i].due;
        }
    return EXT_CHECK_NONE;
}
