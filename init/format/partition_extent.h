/*
 * Where a disk's partitions lie, for a device whose partitions the kernel does not look for. As partition.h: pure,
 * bounded, and by the kernel's rules. In sectors of 512 bytes, as the disk's own are.
 */
#ifndef KINDLING_PARTITION_EXTENT_H
#define KINDLING_PARTITION_EXTENT_H

#include <stdbool.h>
#include <stdint.h>

#include "format/device_view.h"

#define PARTITION_SECTOR_SIZE 512u

struct partition_extent {
    uint32_t number;
    uint64_t first, count; /* sectors */
};

/* The first partition of a number that is greater; a logical one is not among them. Returns false when there is none,
 * or no table that is in view. What does not lie on the disk is left out. */
bool partition_extent_next(const struct device_view *disk, uint32_t after, struct partition_extent *found);

/* The extended partition of an MBR, in which the logical ones are; false when there is none. */
bool partition_extended(const struct device_view *disk, struct partition_extent *found);

/* One logical partition, from the sector that tells of it, which is the extended one's first or the last one's *next.
 * Its number is for the caller to count, from 5 on. Returns false when the sector tells of none; *next is 0 at the end.
 */
bool partition_logical(const uint8_t sector[PARTITION_SECTOR_SIZE], uint64_t at,
    const struct partition_extent *extended, struct partition_extent *found, uint64_t *next);

#endif
