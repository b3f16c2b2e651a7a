/*
 * What lies on a block device. It is read only when somebody asks, and by a process that a deadline ends.
 */
#ifndef KINDLING_BLOCK_DEVICE_READ_H
#define KINDLING_BLOCK_DEVICE_READ_H

#include <stdint.h>

#include "device/block_device.h"

/* How long a disk may take to answer, in microseconds, between WAIT_READ_LEAST and WAIT_READ. One that has not answered
 * is not asked again, unless it has changed: read_error is -ETIMEDOUT. */
void block_device_set_patience(uint64_t microseconds);
uint64_t block_device_patience(void);
/* Says that the disk has not answered for so long. path: "/dev/vda". */
void block_device_forsake(const char *path);
/* Its disk has changed: it may be asked again. */
void block_device_forgive(const struct block_device *device);

/* Calls what reads from the device, as process_call does. Returns 0, or -ETIMEDOUT when its disk does not answer. */
int block_device_ask(const struct block_device *device, void (*read_it)(void *argument), void *argument);

/* Fill in what is still unread; a failure is kept in read_error. */
void block_device_read_superblock(struct block_device *device);
void block_device_read_partition(struct block_device *device);
/* Reads it anew; type: the only file system that counts, or NULL for all. */
void block_device_read_superblock_as(struct block_device *device, const char *type);

/* Where two file systems claim the device, takes it for the one of them that types names, a list as rootfstype= has it;
 * nothing is settled where it names neither, or both. types: NULL for none. */
void block_device_settle(struct block_device *device, const char *types);

#endif
