/* The logical volumes of a group, as its description has them. Read only. */
#ifndef KINDLING_LOGICAL_VOLUME_H
#define KINDLING_LOGICAL_VOLUME_H

#include "name/mapped_device.h"
#include "storage/volume_group.h"

struct logical_volume {
    struct lvm2_span name, body;
    char mapped[MAPPED_NAME_SIZE]; /* as it is called in /dev/mapper: "vg0-root" */
    char uuid[MAPPED_UUID_SIZE];   /* "LVM-..." */
};

/* The next volume that people use, from position 0 on: none of those that are parts of others. False at the end. */
bool volume_group_next(const struct volume_group *group, size_t *position, struct logical_volume *volume);

/* Calls visit for each physical volume that the volume needs, by way of those that it is made of, until it returns
 * false. Returns whether it never did. */
bool volume_group_visit(const struct volume_group *group, const struct logical_volume *volume,
    bool (*visit)(struct lvm2_span physical_volume, void *context), void *context);

/* True when some part of the volume is of a type that begins so: "raid". */
bool logical_volume_has_type(const struct logical_volume *volume, const char *prefix);

#endif
