/*
 * The superblock of ext2, ext3 and ext4 on disk (Documentation/filesystems/ext4/super.rst), as far as it is asked
 * for here, and whether it can be believed.
 */
#ifndef KINDLING_EXT_SUPERBLOCK_H
#define KINDLING_EXT_SUPERBLOCK_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXT_SUPERBLOCK_OFFSET 1024u
#define EXT_SUPERBLOCK_SIZE 1024u

/* All fields are bytes (little-endian integers), so that the struct has neither padding nor alignment. */
struct ext_superblock {
    uint8_t inodes_count[4];
    uint8_t blocks_count[4];
    uint8_t reserved_blocks[4];
    uint8_t free_blocks[4];
    uint8_t free_inodes[4];
    uint8_t first_data_block[4];
    uint8_t log_block_size[4];   /* 0: 1 KiB */
    uint8_t log_cluster_size[4]; /* the same, larger with bigalloc only */
    uint8_t blocks_per_group[4];
    uint8_t clusters_per_group[4];
    uint8_t inodes_per_group[4];
    uint8_t mount_time[4];
    uint8_t write_time[4];
    uint8_t mount_count[2];
    uint8_t max_mount_count[2]; /* signed */
    uint8_t magic[2];
    uint8_t state[2];
    uint8_t unused_1[4];
    uint8_t last_check[4];
    uint8_t check_interval[4];
    uint8_t unused_2[4];
    uint8_t revision[4];
    uint8_t unused_3[4];
    uint8_t first_inode[4];
    uint8_t inode_size[2];
    uint8_t unused_4[2];
    uint8_t compat[4];
    uint8_t incompat[4];
    uint8_t ro_compat[4];
    uint8_t uuid[16];
    char volume_name[16];
    uint8_t unused_5[72];
    uint8_t journal_uuid[16]; /* of an external journal, as journal_device */
    uint8_t journal_inode[4];
    uint8_t journal_device[4];
    uint8_t last_orphan[4];
    uint8_t unused_6[17];
    uint8_t journal_backup_type;
    uint8_t descriptor_size[2];
    uint8_t unused_7[80];
    uint8_t blocks_count_high[4];
    uint8_t reserved_blocks_high[4];
    uint8_t free_blocks_high[4];
    uint8_t min_extra_inode_size[2];
    uint8_t want_extra_inode_size[2];
    uint8_t flags[4];
    uint8_t unused_8[17];
    uint8_t checksum_type;
    uint8_t unused_9[254];
    uint8_t write_time_high;
    uint8_t mount_time_high;
    uint8_t mkfs_time_high;
    uint8_t last_check_high;
    uint8_t unused_10[388];
    uint8_t checksum[4];
};
static_assert(offsetof(struct ext_superblock, magic) == 56, "ext magic");
static_assert(offsetof(struct ext_superblock, first_inode) == 84, "ext first_inode");
static_assert(offsetof(struct ext_superblock, compat) == 92, "ext compat");
static_assert(offsetof(struct ext_superblock, volume_name) == 120, "ext volume_name");
static_assert(offsetof(struct ext_superblock, journal_uuid) == 208, "ext journal_uuid");
static_assert(offsetof(struct ext_superblock, last_orphan) == 232, "ext last_orphan");
static_assert(offsetof(struct ext_superblock, journal_backup_type) == 253, "ext journal_backup_type");
static_assert(offsetof(struct ext_superblock, blocks_count_high) == 336, "ext blocks_count_high");
static_assert(offsetof(struct ext_superblock, flags) == 352, "ext flags");
static_assert(offsetof(struct ext_superblock, checksum_type) == 373, "ext checksum_type");
static_assert(offsetof(struct ext_superblock, last_check_high) == 631, "ext last_check_high");
static_assert(sizeof(struct ext_superblock) == EXT_SUPERBLOCK_SIZE, "ext superblock");

#define EXT_MAGIC 0xef53
#define EXT_CHECKSUM_CRC32C 1

#define EXT_STATE_CLEAN 0x0001
#define EXT_STATE_ERRORS 0x0002

#define EXT_FLAG_HASH_SIGNS 0x0003u /* signed or unsigned: how directory hashes were made */
#define EXT_FLAG_TEST 0x0004u

#define EXT_COMPAT_HAS_JOURNAL 0x0004u
#define EXT_COMPAT_DIR_INDEX 0x0020u

#define EXT_INCOMPAT_FILETYPE 0x0002u
#define EXT_INCOMPAT_RECOVER 0x0004u
#define EXT_INCOMPAT_JOURNAL_DEVICE 0x0008u
#define EXT_INCOMPAT_META_BG 0x0010u
#define EXT_INCOMPAT_EXTENTS 0x0040u
#define EXT_INCOMPAT_64BIT 0x0080u
#define EXT_INCOMPAT_MMP 0x0100u
#define EXT_INCOMPAT_CSUM_SEED 0x2000u

#define EXT_RO_COMPAT_SPARSE_SUPER 0x0001u
#define EXT_RO_COMPAT_LARGE_FILE 0x0002u
#define EXT_RO_COMPAT_BTREE_DIR 0x0004u
#define EXT_RO_COMPAT_GDT_CSUM 0x0010u
#define EXT_RO_COMPAT_BIGALLOC 0x0200u
#define EXT_RO_COMPAT_METADATA_CSUM 0x0400u
#define EXT_RO_COMPAT_ORPHAN_PRESENT 0x10000u

/* True when magic, geometry and, where metadata_csum is on, the checksum say that this is an ext superblock. */
bool ext_superblock_is_valid(const struct ext_superblock *superblock);

#endif
