/* The host's lvm, which activates what is more than a table of device-mapper. */
#ifndef KINDLING_LVM_PROGRAM_H
#define KINDLING_LVM_PROGRAM_H

#include "storage/logical_volume.h"

/* Volumes of one group that are activated together, by one call of lvm. */
struct volumes {
    struct logical_volume *list;
    size_t count;
};

/* Unpacks lvm and has it activate them. What comes of it is logged; a failure with its reason, as far as the group's
 * metadata tell. */
void lvm_program_activate(struct storage *storage, const struct volume_group *group, const struct volumes *volumes);

#endif
