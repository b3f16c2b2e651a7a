#include "root/candidates.h"

#include <string.h>

#include "device/block_device_match.h"
#include "device/block_device_read.h"
#include "name/mapped_device.h"
#include "storage/device_mapper.h"
#include "storage/storage.h"

/* The first partition of a hybrid ISO image begins where its disk does: one file system, and no rivals. */
static bool is_disk_of(const struct block_device *disk, const struct block_device *partition)
{
    return !strcmp(partition->disk, disk->path);
}

/* What is not sure to be a file system of its own yields to what is. */
static bool is_doubtful(const struct block_device *device)
{
    return device->partly_read || device->superblock.claims[0]
           || (mapped_device_is(device->path + strlen("/dev/")) && device_mapper_is_snapshot(device->number));
}

static void add_candidate(struct candidates *candidates, struct block_device *device)
{
    struct block_device *first = candidates->first;

    if (first == device)
        return;
    if (first && is_doubtful(device) && !is_doubtful(first))
        return;
    if (first && is_doubtful(first) && !is_doubtful(device)) {
        *candidates = (struct candidates){.first = device};
    } else if (!first || is_disk_of(first, device)) {
        candidates->first = device;
    } else if (!is_disk_of(device, first)) {
        block_device_read_superblock(first); /* a reference by serial number does not read them */
        block_device_read_superblock(device);
        if (!storage_are_siblings(first, device))
            candidates->rival = device;
    }
}

static struct block_device *find_disk(const struct block_devices *blocks, const struct block_device *partition)
{
    for (size_t i = 0; *partition->disk && i < blocks->count; i++) {
        if (!strcmp(blocks->list[i]->path, partition->disk))
            return blocks->list[i];
    }
    return NULL;
}

bool candidates_is_of_a_member(
    const struct block_devices *blocks, const struct storage *storage, const struct block_device *device)
{
    struct block_device *disk = find_disk(blocks, device);

    if (!disk)
        return false;
    block_device_read_superblock(disk);
    if (!disk->superblock.type)
        return false;
    return !strcmp(disk->superblock.type, "linux_raid_member")
           || (strstr(disk->superblock.type, "_raid_member") && storage && storage_keeps_partitions(storage, disk));
}

struct candidates candidates_find(const struct candidates_search *search)
{
    struct candidates candidates = {0};

    for (size_t i = 0; i < search->blocks->count; i++) {
        struct block_device *device = search->blocks->list[i];

        if (!block_device_matches(device, search->ref)
            || candidates_is_of_a_member(search->blocks, search->storage, device))
            continue;
        if (search->storage)
            device = storage_stand_in(search->storage, device);
        if (device)
            add_candidate(&candidates, device);
    }
    return candidates;
}

bool candidates_may_be_several(const struct device_ref *ref)
{
    switch (ref->kind) {
    case DEVICE_REF_UUID:
    case DEVICE_REF_LABEL:
    case DEVICE_REF_ID: /* made of a serial number, which clones of virtual machines share */
    case DEVICE_REF_PARTUUID:
    case DEVICE_REF_PARTLABEL:
    case DEVICE_REF_GPT_AUTO:
        return true;
    default:
        return false;
    }
}
