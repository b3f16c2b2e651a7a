/* A partition that is to fill the rest of its disk: what its table says, and the writing of another. */
#ifndef KINDLING_GROW_PARTITION_H
#define KINDLING_GROW_PARTITION_H

#include "device/block_device.h"
#include "format/partition_growth.h"

/* The disk of a partition, open for writing. */
struct grow_disk {
    int fd;
    const struct block_device *partition; /* borrowed */
    uint32_t sector_size;
    uint64_t size; /* bytes */
};

/* Returns 0 or -errno; close it in both cases. */
int grow_disk_open(struct grow_disk *disk, const struct block_device *partition);
void grow_disk_close(struct grow_disk *disk);

/* Reads the disk's table and tells what can be done. Returns 0 or -errno. */
int grow_partition_plan(const struct grow_disk *disk, struct partition_growth *growth, enum partition_room *room);

/* False when the kernel has another idea of the partition than the table from which growth was planned. */
bool grow_partition_is_known(const struct block_device *partition, const struct partition_growth *growth);

/* Writes what was planned, each write through to the disk before the next; the table that there was is kept in
 * /run/initramfs. Returns 0 or -errno. */
int grow_partition_write(const struct grow_disk *disk, const struct partition_growth *growth);

/* Returns 0 or -errno. */
int grow_partition_tell_kernel(const struct grow_disk *disk, const struct partition_growth *growth);

#endif
