#include "ext_check.h"

#include <stddef.h>
#include <string.h>

#include "bytes.h"

#define SECONDS_PER_DAY 86400
#define CLOCK_IS_SET_SINCE INT64_C(1262322000) /* 2010-01-01, e2fsck's bound */

/* What e2fsck 1.47 knows; what is newer is for it to judge. */
#define KNOWN_COMPAT 0x1e3fu
#define KNOWN_INCOMPAT 0x3e7deu
#define KNOWN_RO_COMPAT 0x1f77bu

#define REVISION_DYNAMIC 1u
#define JOURNAL_INODE 8u
#define JOURNAL_BACKUP_BLOCKS 1

/* One reason to check, asked of a superblock that is valid unless the first row has said otherwise. */
struct reason {
    bool (*holds)(const struct ext_superblock *superblock, int64_t now);
    const char *why;
};

static bool has_feature(const uint8_t features[4], uint32_t feature)
{
    return (get_le32(features) & feature) != 0;
}

/* Times have 40 bits: eight more beside the old 32. */
static int64_t time_of(const uint8_t low[4], uint8_t high)
{
    return (int64_t)((uint64_t)high << 32 | get_le32(low));
}

static bool is_damaged(const struct ext_superblock *superblock, int64_t now)
{
    (void)now;
    return !ext_superblock_is_valid(superblock);
}

static bool has_unknown_features(const struct ext_superblock *superblock, int64_t now)
{
    (void)now;
    return has_feature(superblock->compat, ~KNOWN_COMPAT) || has_feature(superblock->incompat, ~KNOWN_INCOMPAT)
           || has_feature(superblock->ro_compat, ~KNOWN_RO_COMPAT) || get_le32(superblock->revision) > REVISION_DYNAMIC;
}

static bool needs_recovery(const struct ext_superblock *superblock, int64_t now)
{
    (void)now;
    return has_feature(superblock->incompat, EXT_INCOMPAT_RECOVER);
}

static bool has_errors(const struct ext_superblock *superblock, int64_t now)
{
    (void)now;
    return (get_le16(superblock->state) & EXT_STATE_ERRORS) != 0;
}

static bool is_not_clean(const struct ext_superblock *superblock, int64_t now)
{
    (void)now;
    return (get_le16(superblock->state) & EXT_STATE_CLEAN) == 0;
}

static bool has_orphans(const struct ext_superblock *superblock, int64_t now)
{
    (void)now;
    return get_le32(superblock->last_orphan) != 0 || has_feature(superblock->ro_compat, EXT_RO_COMPAT_ORPHAN_PRESENT);
}

/* 0 and -1 mean that mounts are not counted. */
static bool was_mounted_often(const struct ext_superblock *superblock, int64_t now)
{
    int16_t max;

    (void)now;
    max = (int16_t)get_le16(superblock->max_mount_count);
    return max > 0 && get_le16(superblock->mount_count) >= max;
}

static bool has_interval(const struct ext_superblock *superblock, int64_t now)
{
    return get_le32(superblock->check_interval) != 0 && now >= CLOCK_IS_SET_SINCE;
}

/* e2fsck sets a last mount or write that lies ahead to now, but bears a last check that is up to a day ahead: a clock
 * that runs on local time is that far off. */
static bool has_time_ahead(const struct ext_superblock *superblock, int64_t now)
{
    return has_interval(superblock, now)
           && (time_of(superblock->mount_time, superblock->mount_time_high) > now
               || time_of(superblock->write_time, superblock->write_time_high) > now
               || time_of(superblock->last_check, superblock->last_check_high) > now + SECONDS_PER_DAY);
}

static bool is_interval_over(const struct ext_superblock *superblock, int64_t now)
{
    int64_t last_check = time_of(superblock->last_check, superblock->last_check_high);

    if (last_check > now)
        last_check -= SECONDS_PER_DAY;
    return has_interval(superblock, now) && now - last_check >= (int64_t)get_le32(superblock->check_interval);
}

/* Multiple mount protection: e2fsck writes its own mark and waits for others'. */
static bool is_shared(const struct ext_superblock *superblock, int64_t now)
{
    (void)now;
    return has_feature(superblock->incompat, EXT_INCOMPAT_MMP);
}

/* The usual: no trace of a journal without the feature, or the reserved inode with its blocks copied here. */
static bool has_odd_journal(const struct ext_superblock *superblock, int64_t now)
{
    uint32_t inode, device;

    (void)now;
    inode = get_le32(superblock->journal_inode);
    device = get_le32(superblock->journal_device);
    if (!has_feature(superblock->compat, EXT_COMPAT_HAS_JOURNAL))
        return inode != 0 || device != 0;
    return inode != JOURNAL_INODE || device != 0 || superblock->journal_backup_type != JOURNAL_BACKUP_BLOCKS;
}

static bool has_contradictory_features(const struct ext_superblock *superblock)
{
    bool has_checksums = has_feature(superblock->ro_compat, EXT_RO_COMPAT_METADATA_CSUM);

    if (has_checksums && has_feature(superblock->ro_compat, EXT_RO_COMPAT_GDT_CSUM))
        return true;
    if (!has_checksums && has_feature(superblock->incompat, EXT_INCOMPAT_CSUM_SEED))
        return true;
    return has_feature(superblock->incompat, EXT_INCOMPAT_64BIT)
           && !has_feature(superblock->incompat, EXT_INCOMPAT_EXTENTS);
}

/* What e2fsck puts right whenever it looks, however clean the rest. */
static bool has_flaws(const struct ext_superblock *superblock, int64_t now)
{
    bool has_features;

    static const uint8_t no_uuid[sizeof(superblock->uuid)];

    (void)now;
    has_features = get_le32(superblock->compat) != 0 || get_le32(superblock->incompat) != 0
                   || get_le32(superblock->ro_compat) != 0;
    if (get_le32(superblock->revision) < REVISION_DYNAMIC && has_features)
        return true;
    if (memcmp(superblock->uuid, no_uuid, sizeof(no_uuid)) == 0 || has_feature(superblock->flags, EXT_FLAG_TEST))
        return true;
    if (has_feature(superblock->compat, EXT_COMPAT_DIR_INDEX) && !has_feature(superblock->flags, EXT_FLAG_HASH_SIGNS))
        return true;
    return has_contradictory_features(superblock);
}

/* The first that holds is told, so the graver come first; that the superblock is valid must come before all. */
static const struct reason reasons[] = {
    {is_damaged, "has a damaged superblock"},
    {has_unknown_features, "has features that are unknown here"},
    {needs_recovery, "has a journal to replay"},
    {has_errors, "recorded errors"},
    {is_not_clean, "was not cleanly unmounted"},
    {has_orphans, "has deleted files to clean up"},
    {was_mounted_often, "was mounted too often without a check"},
    {has_time_ahead, "has times in the future"},
    {is_interval_over, "was not checked for too long"},
    {is_shared, "is protected against multiple mounts"},
    {has_odd_journal, "has an unusual journal"},
    {has_flaws, "has small flaws in its superblock"},
};

bool ext_check_is_due(const uint8_t superblock[EXT_SUPERBLOCK_SIZE], int64_t now, const char **why)
{
    for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
        if (reasons[i].holds((const void *)superblock, now)) {
            *why = reasons[i].why;
            return true;
        }
    return false;
}
