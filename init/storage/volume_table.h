/* Logical volumes that need no more than device-mapper: of linear and striped parts, as most are. */
#ifndef KINDLING_VOLUME_TABLE_H
#define KINDLING_VOLUME_TABLE_H

#include "storage/device_mapper.h"
#include "storage/logical_volume.h"

/* Where a target of the table begins on a disk, in sectors of 512 bytes. */
struct volume_place {
    const struct block_device *device; /* borrowed */
    uint64_t start;
};

/* What a target lies on: one place, or several in turns of chunk sectors. */
struct volume_stripes {
    struct volume_place *places; /* owned */
    uint64_t count, chunk;
};

struct volume_table {
    struct mapped_target *targets;  /* owned, with their parameters */
    struct volume_stripes *stripes; /* owned, of each target */
    size_t count;
    bool read_only;
};

/* What lvm would have the volume be. Its disks have all come. Returns 0, -EOPNOTSUPP for a volume or a group that is in
 * any way more than that, and so lvm's business, or another -errno. volume_table_free in any case. */
int volume_table_read(struct volume_table *table, const struct storage *storage, const struct volume_group *group,
    const struct logical_volume *volume);
void volume_table_free(struct volume_table *table);

/* Tells what lies on the volume, which need not be active: its disks are read. Returns as superblock_identify, or
 * another -errno. */
int volume_table_identify(const struct volume_table *table, struct superblock *found);

#endif
