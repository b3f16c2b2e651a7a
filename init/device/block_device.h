/*
 * The block devices that have appeared so far, and what is known of each.
 */
#ifndef KINDLING_BLOCK_DEVICE_H
#define KINDLING_BLOCK_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "device/uevent.h"
#include "format/partition.h"
#include "format/superblock.h"
#include "name/scsi_id.h"

#define BLOCK_DEVICE_PATH_SIZE 512u

struct block_device {
    char path[BLOCK_DEVICE_PATH_SIZE]; /* "/dev/vda2" */
    char disk[BLOCK_DEVICE_PATH_SIZE]; /* "/dev/vda", the whole disk of a partition; else "" */
    dev_t number;
    unsigned partition_number;    /* 0 for a whole disk */
    bool superblock_read;         /* superblock is valid, or read_error tells why not */
    bool is_assembled;            /* storage.h is done with what it is a member of */
    uint64_t incomplete_since;    /* as timing_now: since when storage.h knows that others are missing, or 0 */
    uint64_t tried_degraded;      /* as timing_now: when storage.h last did with those that were there, or 0 */
    bool was_searched;            /* holds_medium is valid */
    bool holds_medium;            /* what the command line wants of a medium lies on it */
    bool partition_read;          /* partition is valid, or the disk has no table that we know */
    bool partly_read;             /* superblock is what the bytes tell that could be read: it may be a member too */
    bool wwid_read;               /* wwid is valid */
    bool is_path;                 /* one of several, or the only one yet, to a multipath device */
    char wwid[SCSI_ID_SIZE];      /* of the SCSI disk that it is, or lies on; "" for others */
    int read_error;               /* -errno of reading the superblock, or 0; -EINVAL: two file systems claim it */
    uint64_t size;                /* bytes, once the superblock was read */
    struct superblock superblock; /* usage SUPERBLOCK_UNKNOWN when nothing is known */
    struct partition partition;   /* number 0 when there is none */
};

struct block_devices {
    struct block_device **list; /* owned; a device's address stays as it is until it is removed */
    size_t count;
    size_t capacity;
};

/* Takes in an event of the block subsystem: a device comes, changes (what was read is forgotten) or goes.
 * Returns 0, -EINVAL for an event without name or number, or -ENOMEM. */
int block_devices_handle(struct block_devices *devices, const struct uevent *event);

/* The device of that number, or NULL. It is valid until the next event is taken in. */
struct block_device *block_devices_find(const struct block_devices *devices, dev_t number);

void block_devices_free(struct block_devices *devices);

/* The path of the disk that it is, or lies on. */
const char *block_device_disk(const struct block_device *device);

#endif
