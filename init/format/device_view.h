/*
 * The parts of a block device that were read, for those who tell from its bytes what it is. Pure: who needs bytes
 * that are not there says which, and is asked again with them.
 */
#ifndef KINDLING_DEVICE_VIEW_H
#define KINDLING_DEVICE_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No more is wanted at once: what the kernel takes of a GPT's entries (KMALLOC_MAX_SIZE, block/partitions/efi.c). */
#define DEVICE_VIEW_MORE_MAX (UINT64_C(4) << 20)

struct device_range {
    uint64_t offset;
    uint64_t size; /* bytes; 0: none */
};

/* The device's two ends as read. On a small device the two may overlap. */
struct device_view {
    const uint8_t *head; /* from byte 0 */
    size_t head_size;    /* bytes, at most what could be read */
    const uint8_t *tail; /* the last tail_size bytes of the device */
    size_t tail_size;
    uint64_t device_size;        /* bytes */
    bool is_partition;           /* of a disk, at whose end there may be what is no business of its last partition's */
    const uint8_t *more;         /* what was wanted before, and has been read */
    struct device_range at;      /* where more lies */
    struct device_range *wanted; /* what would tell more; NULL when nothing can be read */
};

/* The bytes of the device from offset on, wherever the view has them; NULL when it does not have all of them. */
const void *device_view_bytes(const struct device_view *view, uint64_t offset, uint64_t size);

/* The same, and what is not there is noted as wanted: on the device, at most DEVICE_VIEW_MORE_MAX bytes, the first that
 * somebody asks for. */
const void *device_view_want(const struct device_view *view, uint64_t offset, uint64_t size);

#endif
