/* LVM's volume groups, as the physical volumes that have come describe them (format/lvm2.h). Read only. */
#ifndef KINDLING_VOLUME_GROUP_H
#define KINDLING_VOLUME_GROUP_H

#include "format/lvm2.h"
#include "storage/storage.h"

struct volume_group {
    char *text; /* owned; the description points into it */
    struct lvm2_group described;
    bool is_agreed; /* no volume has an older description */
};

/* The group that the device is a physical volume of, by the newest of its descriptions. Returns 0, -ENODATA when it
 * belongs to none that is known yet, or another -errno. volume_group_free when it is 0. */
int volume_group_read(struct storage *storage, const struct block_device *device, struct volume_group *group);
void volume_group_free(struct volume_group *group);

/* The device that is the group's physical volume of that name ("pv0"), or NULL when it has not come. */
struct block_device *volume_group_device(
    const struct storage *storage, const struct volume_group *group, struct lvm2_span name);

/* The same for another one that says that it is the same volume: a copy of it. NULL when there is none. */
struct block_device *volume_group_copy(const struct storage *storage, const struct block_device *device);

/* A physical volume of another group that has the same name, or NULL. */
const struct block_device *volume_group_namesake(struct storage *storage, const struct volume_group *group);

#endif
