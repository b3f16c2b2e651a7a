#include "root/device_find.h"

#include <errno.h>
#include <string.h>

#include "device/block_device_match.h"
#include "device/block_device_read.h"
#include "root/wait.h"
#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

static int settle_all(struct boot *boot)
{
    int result = devices_settle_all(&boot->devices, timing_now() + WAIT_SETTLE_ALL);

    if (result == -ETIMEDOUT)
        log_warning("some devices are still being probed: going on with those that are there");
    return result == -ETIMEDOUT ? 0 : result;
}

/* A copy of the device may be on any bus. The disks of quick ones come together; slow ones are awaited only where there
 * may be a disk. */
static int settle(struct boot *boot, const struct wanted_device *wanted)
{
    enum settling settling = wanted->thorough ? boot->options.settling : SETTLE_QUICK;
    int result;

    if (wanted->thorough && (settling == SETTLE_ALL || boot->modules.others_wait))
        return settle_all(boot);
    result = devices_settle(&boot->devices, timing_now() + WAIT_SETTLE);
    if (!wanted->thorough || result < 0 || !devices_may_have_more_disks(&boot->devices))
        return result;
    if (settling == SETTLE_DISKS)
        return settle_all(boot);
    log_info(wanted->what, wanted->spec, " was found before slower buses were looked at; rd.settle=all waits for them");
    return 0;
}

/* PARTUUID=.../PARTNROFF=n is the n-th partition after the one that has the UUID. */
static struct block_device *move_on(struct block_devices *blocks, struct block_device *from, int offset)
{
    for (size_t i = 0; offset != 0 && i < blocks->count; i++) {
        struct block_device *device = blocks->list[i];

        if (!strcmp(device->disk, from->disk) && (int)device->partition_number == (int)from->partition_number + offset)
            return device;
    }
    return offset == 0 ? from : NULL;
}

/* A wait without an end is for the device; who takes it degraded does not wait for ever for what it lacks. */
static int await_members(struct wanted_device *wanted)
{
    uint64_t now = timing_now();

    if (!text_list_has(wanted->options, "degraded"))
        return 0;
    if (!wanted->incomplete_since)
        wanted->incomplete_since = now;
    return now - wanted->incomplete_since < WAIT_MEMBERS ? 0 : -ETIMEDOUT;
}

static int look(struct boot *boot, void *context)
{
    struct wanted_device *wanted = context;
    struct block_devices *blocks = &boot->devices.blocks;
    const struct candidates_search search = {blocks, &wanted->ref, &boot->storage};

    wanted->device = NULL;
    wanted->candidates = candidates_find(&search);
    if (wanted->candidates.first && candidates_may_be_several(&wanted->ref)) {
        int result = settle(boot, wanted);

        if (result < 0)
            return result;
        wanted->candidates = candidates_find(&search);
    }
    if (wanted->candidates.rival)
        return -ENOTUNIQ;
    if (wanted->candidates.first)
        wanted->device = move_on(blocks, wanted->candidates.first, wanted->ref.partition_offset);
    if (wanted->device)
        block_device_settle(wanted->device, wanted->types);
    if (!wanted->device)
        return 0;
    if (!storage_complete(&boot->storage, wanted->device, false))
        return await_members(wanted);
    if (!storage_claims(&boot->storage, wanted->device)
        && (wanted->device->superblock.usage != SUPERBLOCK_CRYPTO
            || block_device_matches(wanted->device, &wanted->ref)))
        return 1;
    wanted->device = NULL; /* it was opened, and its name stands for what it holds, which comes as another device */
    return 0;
}

int device_find(struct boot *boot, struct wanted_device *wanted)
{
    struct wait wait = {.what = wanted->what, .spec = wanted->spec, .look = look, .wanted = wanted};
    int result = device_ref_parse(wanted->spec, &wanted->ref);

    if (result < 0)
        return result;
    wait.seconds = boot->options.timeout < wanted->seconds ? boot->options.timeout : wanted->seconds;
    if (wanted->thorough)
        boot->devices.together = candidates_may_be_several(&wanted->ref);
    storage_want(&boot->storage, &wanted->ref);
    result = wait_for(boot, &wait);
    storage_want(&boot->storage, NULL);
    if (result != -ETIMEDOUT || !wanted->device)
        return result;
    /* What lacks members is used only by someone who says so; btrfs(5), "degraded". */
    if (!text_list_has(wanted->options, "degraded"))
        return -ENODEV;
    log_warning("not all members of the ", wanted->device->superblock.type, " on ", wanted->device->path,
        " have come: mounting it degraded, as asked");
    return storage_complete(&boot->storage, wanted->device, true) ? 0 : -ENODEV;
}

const char *device_find_error(int error)
{
    switch (error) {
    case -EINVAL:
        return "it is no form of a device that kindling knows";
    case -ETIMEDOUT:
        return "no device that was seen has that name";
    case -ENOTUNIQ:
        return "several devices have that name";
    case -EBUSY:
        return "that is the root itself";
    case -ENODEV:
        return "not all of its members have come";
    default:
        return strerror(-error);
    }
}

struct block_device *root_device(const struct boot *boot)
{
    return boot->root ? block_devices_find(&boot->devices.blocks, boot->root) : NULL;
}
