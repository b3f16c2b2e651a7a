/* Device-mapper by its ioctls (linux/dm-ioctl.h): what needs no program. */
#ifndef KINDLING_DEVICE_MAPPER_H
#define KINDLING_DEVICE_MAPPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define DEVICE_MAPPER_UUID_SIZE 129u /* DM_UUID_LEN in linux/dm-ioctl.h */

/* A part of a device, as a line of dmsetup(8)'s table: in sectors of 512 bytes. */
struct mapped_target {
    uint64_t start, size;
    const char *type;       /* "linear" */
    const char *parameters; /* "254:2 2048" */
};

/* Makes a device of these parts, which the kernel tells of by events. Returns 0 or -errno; nothing is left behind then.
 */
int device_mapper_create(
    const char *name, const char *uuid, bool read_only, const struct mapped_target *targets, size_t count);

/* The same for a device that checks what is read from it: what begins it, and what ends it, is read, and with it the
 * way to the top of a hash tree. Returns -EIO, and nothing is left behind, where that is not as it was. */
int device_mapper_create_checked(
    const char *name, const char *uuid, bool read_only, const struct mapped_target *targets, size_t count);

/* True when a device of that name has a table that was resumed. */
bool device_mapper_is_active(const char *name);

/* The number of the device of that name; 0 when there is none. */
dev_t device_mapper_number(const char *name);

/* True for a snapshot, which has what its origin had, its name on the disk, too. */
bool device_mapper_is_snapshot(dev_t number);

/* Returns 0 or -errno: -EBUSY when it is in use. */
int device_mapper_remove(const char *name);

/* Removes the mapped devices that nobody uses; what was under them is free then, and goes in another call. Returns how
 * many it removed. */
unsigned device_mapper_take_down(void);

#endif
