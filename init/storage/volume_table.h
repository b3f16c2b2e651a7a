/* Logical volumes that need no more than device-mapper: of linear and striped parts, as most are. */
#ifndef KINDLING_VOLUME_TABLE_H
#define KINDLING_VOLUME_TABLE_H

#include "storage/device_mapper.h"
#include "storage/logical_volume.h"

struct volume_table {
    struct mapped_target *targets; /* owned, with their parameters */
    size_t count;
    bool read_only;
};

/* What lvm would have the volume be. Its disks have all come. Returns 0, -EOPNOTSUPP for a volume or a group that is in
 * any way more than that, and so lvm's business, or another -errno. volume_table_free in any case. */
int volume_table_read(struct volume_table *table, const struct storage *storage, const struct volume_group *group,
    const struct logical_volume *volume);
void volume_table_free(struct volume_table *table);

#endif
