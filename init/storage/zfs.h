/* A ZFS pool, imported by the host's zpool. Its datasets are no block devices: who mounts one says which pool he wants,
 * and no other is imported. */
#ifndef KINDLING_STORAGE_ZFS_H
#define KINDLING_STORAGE_ZFS_H

#include "contract/zfs_words.h"
#include "storage/storage.h"

#define ZPOOL_PROGRAM "/sbin/zpool"

struct zfs_pool {
    struct zfs_words words;
    char dataset[ZFS_NAME_SIZE];     /* of the pool that was imported; "" while none was */
    char sentence[LOG_MESSAGE_SIZE]; /* why the last pool that was tried was not imported; "" when none was tried */
    bool is_hopeless;                /* and why trying again does not help */
};

/* Lets the pool of a dataset go, one that could not be mounted. */
void zfs_export(const char *dataset);

/* Before another try: what was refused is asked again. */
void zfs_begin_anew(const struct block_devices *blocks);

extern const struct assembler zfs_assembler;

#endif
