/* The devices that a reference names: one, unless a disk was cloned. */
#ifndef KINDLING_CANDIDATES_H
#define KINDLING_CANDIDATES_H

#include "device/block_device.h"
#include "storage/storage.h"

struct candidates {
    struct block_device *first; /* NULL when there is none yet */
    struct block_device *rival; /* another file system of the same name, or NULL */
};

struct candidates_search {
    struct block_devices *blocks;
    const struct device_ref *ref;
    const struct storage *storage; /* which tells what the firmware's RAID is, and a path; NULL: nothing is */
};

struct candidates candidates_find(const struct candidates_search *search);

/* Where whole disks are an array's members and its superblock lies at their ends, the array's partitions show on each
 * of them, and who wrote to one would part it from the others: whether the device is such a one. Its disk is read for
 * that, also where this image can assemble nothing. */
bool candidates_is_of_a_member(
    const struct block_devices *blocks, const struct storage *storage, const struct block_device *device);

/* A name that lies on the disk is copied with the disk; the kernel's own names are not. */
bool candidates_may_be_several(const struct device_ref *ref);

#endif
