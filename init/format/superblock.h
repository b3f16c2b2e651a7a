/*
 * What lies on a block device, told from its first and last bytes. Pure: no I/O, no logging, bounded.
 *
 * A format is recognised by its magic and, where it has one, by its checksum; a short read means "no match".
 * A member of a stack (LUKS, LVM2, md, bcache, zfs) is recognised before any file system that may show
 * through it: md 0.90 and 1.0 keep their superblock at the device's end, behind an intact file system.
 *
 * Types, labels and UUIDs are spelled as by blkid(8). A FAT's and an exfat's label lies in its root directory, anywhere
 * on the device: it is wanted. A FAT's boot sector has a copy of it, which counts while the directory is out of sight.
 */
#ifndef KINDLING_SUPERBLOCK_H
#define KINDLING_SUPERBLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "format/device_view.h"

/* How much of a device's two ends superblock_identify wants to see, in bytes: btrfs's superblock ends at 68 KiB, md
 * 0.90's begins at most 128 KiB before the end. */
#define SUPERBLOCK_HEAD_SIZE 69632u
#define SUPERBLOCK_TAIL_SIZE 131072u

enum superblock_usage {
    SUPERBLOCK_UNKNOWN = 0, /* nothing that we know */
    SUPERBLOCK_FILESYSTEM,  /* can be mounted */
    SUPERBLOCK_SWAP,        /* swap, or a hibernation image in it */
    SUPERBLOCK_CRYPTO,      /* a LUKS container */
    SUPERBLOCK_JOURNAL,     /* of an ext file system that lies elsewhere */
    SUPERBLOCK_MEMBER       /* part of a stack: md, LVM2, bcache, zfs */
};

/* Of dm-verity's hash trees and of dm-integrity, whose parts others look for by it. */
#define VERITY_TYPE "DM_verity_hash"
#define INTEGRITY_TYPE "DM_integrity"

#define SUPERBLOCK_UUID_SIZE 48u    /* longest text form with its NUL */
#define SUPERBLOCK_LABEL_SIZE 1537u /* 512 UTF-16 units (f2fs) as UTF-8, with the NUL */

/* md: what a member's superblock tells of its array; of a container of the firmware's RAID, slots are its disks, if it
 * says, and events count as well. */
struct superblock_array {
    int32_t level;    /* 0, 1, 4, 5, 6, 10; -1 for linear */
    uint32_t layout;  /* 10: near copies, and far ones << 8 */
    uint32_t slots;   /* how many members it has when it is whole */
    uint32_t working; /* how many of them it had when this was written */
    uint32_t slot;    /* this one's, from 0 on; no slot of the array for a spare, or one that failed */
    uint64_t events;  /* the greater, the newer */
    uint32_t family;  /* which container: its disks have the same number, and hardly any others */
};

/* zfs: what a member's label tells of its pool. Its devices lie in groups, each a mirror, a RAID-Z or one alone. */
struct superblock_pool {
    uint32_t groups;  /* how many the pool has */
    uint64_t group;   /* which of them this device is in */
    uint32_t members; /* how many devices that group has */
};

struct superblock {
    enum superblock_usage usage;
    const char *type;                       /* blkid's name: "ext4", "xfs", "crypto_LUKS"; NULL when unknown */
    char uuid[SUPERBLOCK_UUID_SIZE];        /* blkid's spelling; "" when there is none */
    char label[SUPERBLOCK_LABEL_SIZE];      /* trailing blanks removed; "" when there is none. UTF-8 if its writer meant
                                             * well: the bytes are the disk's, not fit for a terminal */
    char member_uuid[SUPERBLOCK_UUID_SIZE]; /* blkid's UUID_SUB: btrfs, md, zfs; bcachefs: the device's number; else ""
                                             */
    uint64_t device_count;                  /* btrfs, bcachefs: devices of the file system; else 0 */
    uint64_t size;                          /* ext, xfs, btrfs: bytes that it takes of the device; else 0 */
    struct superblock_array array;          /* md; else 0 */
    struct superblock_pool pool;            /* zfs; else 0 */
    bool is_seed;                           /* btrfs: others may stand on it, each with a UUID of its own */
    bool log_elsewhere;                     /* xfs: its log lies on a device of its own */
    const char *claims[2];                  /* the types of two file systems that claim the device; else NULL */
};

/* Fills *found; usage SUPERBLOCK_UNKNOWN when nothing is recognised. Returns 0 or -EINVAL when two
 * file systems claim the device with equal right (as blkid's ambivalence); nothing but their types is told then.
 * Whatever it returns, more may be wanted (view->wanted): a label that lies elsewhere, a
 * partition table. */
int superblock_identify(const struct device_view *view, struct superblock *found);

/* The same where somebody has said which of two claims is true: no other file system counts than that type. */
int superblock_identify_as(const struct device_view *view, const char *type, struct superblock *found);

/* md: without how many of its members an array does not start. Which ones those are counts as well where
 * the members of RAID 10 are copies of each other. */
uint32_t superblock_array_least(const struct superblock_array *array);

/* True for a type that superblock_identify can tell. */
bool superblock_knows(const char *type);

/* A word for people: "an ext4 file system", "a LUKS container", "an LVM2 physical volume", "nothing known". */
const char *superblock_describe(const struct superblock *found);

#endif
