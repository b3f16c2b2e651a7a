/* The root's device: from what the command line names to the block device that is it. */
#include <errno.h>
#include <string.h>

#include "root/candidates.h"
#include "root/report.h"
#include "root/root_wait.h"
#include "root/shared_root.h"
#include "root/steps.h"
#include "storage/btrfs_members.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"
#include "system/timing.h"

/* A device that sends events without end must not keep the boot for ever; in timing_now's unit. */
#define SETTLE_TIME 10000000u
/* A disk that does not answer is given up by the kernel, or by us after the time that a root is waited for by default.
 */
#define SETTLE_ALL_TIME 30000000u

static int ambiguous(const struct boot *boot, const char *spec, const struct candidates *candidates)
{
    const char *one = candidates->first->path, *other = candidates->rival->path;

    if (strcmp(one, other) > 0) { /* whichever came first, the sentence is the same */
        one = candidates->rival->path;
        other = candidates->first->path;
    }
    if (boot->root_ref.kind == DEVICE_REF_GPT_AUTO)
        return failure("", "ambiguous", "no root= was given, and both ", one, " and ", other,
            " are partitions of the root type: name one with root=", NULL);
    return failure(spec, "ambiguous", "root=", spec, " is ambiguous: ", one, " and ", other,
        " both have that name; detach one, or name the device by its path", NULL);
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

static bool is_incomplete(struct block_devices *blocks, struct block_device *device)
{
    struct btrfs_count count = btrfs_count_members(blocks, device);

    return count.there < count.all;
}

static int settle_all(struct boot *boot)
{
    int result = devices_settle_all(&boot->devices, timing_now() + SETTLE_ALL_TIME);

    if (result == -ETIMEDOUT)
        log_warning("some devices are still being probed: going on with those that are there");
    return result == -ETIMEDOUT ? 0 : result;
}

/* A copy of the root may be on any bus. The disks of quick ones come together; slow ones are awaited only where there
 * may be a disk. */
static int settle(struct boot *boot, const char *spec)
{
    enum settling settling = boot->options.settling;
    int result;

    if (settling == SETTLE_ALL || boot->modules.others_wait)
        return settle_all(boot);
    result = devices_settle(&boot->devices, timing_now() + SETTLE_TIME);
    if (result < 0 || !devices_may_have_more_disks(&boot->devices))
        return result;
    if (settling == SETTLE_DISKS)
        return settle_all(boot);
    log_info("root=", spec, " was found before slower buses were looked at; rd.settle=all waits for them");
    return 0;
}

/* Returns 1 and boot->root when the root is there, 0 when it is not there yet, or -errno. */
static int choose(struct boot *boot, const char *spec)
{
    struct block_devices *blocks = &boot->devices.blocks;
    struct candidates candidates = candidates_find(blocks, &boot->root_ref);
    int result;

    if (!candidates.first)
        return 0;
    if (candidates_may_be_several(&boot->root_ref)) {
        result = settle(boot, spec);
        if (result < 0)
            return result;
        candidates = candidates_find(blocks, &boot->root_ref);
    }
    if (candidates.rival)
        return ambiguous(boot, spec, &candidates);
    if (!candidates.first || is_incomplete(blocks, candidates.first))
        return 0;
    boot->root = move_on(blocks, candidates.first, boot->root_ref.partition_offset);
    return boot->root != NULL;
}

/* Goes on with the devices until another one may be the root. Returns 0 or -errno, -ETIMEDOUT at the deadline. */
static int wait_for_block_device(struct boot *boot, struct root_wait *wait, const char *spec)
{
    int result;

    do
        result = root_wait_step(wait, &boot->devices, "root=", spec);
    while (result == 0);
    return result > 0 ? 0 : result;
}

/* Returns 1 when spec's device is boot->root now, -ETIMEDOUT when it never came, or another -errno. */
static int look_for(struct boot *boot, const char *spec)
{
    struct root_wait wait;
    int result = device_ref_parse(spec, &boot->root_ref);

    if (result < 0)
        return failure(spec, "not understood", "root=", spec,
            " is no form of a device that kindling knows; as in root=UUID=... or root=/dev/vda1", NULL);
    boot->devices.together = candidates_may_be_several(&boot->root_ref);
    root_wait_begin(&wait, &boot->options);
    while ((result = choose(boot, spec)) == 0) {
        result = wait_for_block_device(boot, &wait, spec);
        if (result < 0)
            return result;
    }
    return result;
}

/* A btrfs that lacks members is mounted only by someone who says so; btrfs(5), "degraded". */
static bool take_degraded(struct boot *boot, struct block_device *device)
{
    if (!strstr(boot->options.rootflags, "degraded"))
        return false;
    log_warning("not all members of the btrfs on ", device->path, " have come: mounting it degraded, as asked");
    boot->root = device;
    return true;
}

static int members_missing(struct boot *boot, struct block_device *device)
{
    struct btrfs_count count = btrfs_count_members(&boot->devices.blocks, device);
    char there[DECIMAL_SIZE], all[DECIMAL_SIZE];

    return failure(boot->options.root, "members missing", "only ", text_decimal(count.there, there), " of ",
        text_decimal(count.all, all), " devices of the btrfs on ", device->path,
        " have come: attach the others, or boot with rootflags=degraded", NULL);
}

static int not_found(struct boot *boot, int error)
{
    struct block_device *device;

    const char *spec = boot->options.root;
    char seconds[DECIMAL_SIZE];

    if (error == -EIO)
        return error; /* said already */
    if (error != -ETIMEDOUT)
        return failure_because(spec, strerror(-error), "cannot wait for devices", NULL);
    device = candidates_find(&boot->devices.blocks, &boot->root_ref).first;
    if (device && is_incomplete(&boot->devices.blocks, device))
        return take_degraded(boot, device) ? 0 : members_missing(boot, device);
    report_devices(boot);
    text_decimal(boot->options.timeout, seconds);
    if (boot->root_ref.kind == DEVICE_REF_GPT_AUTO)
        return failure("", "not found", "no root= was given, and within ", seconds,
            " s no disk showed a partition of the root type: name the root with root=UUID=... or root=/dev/vda1", NULL);
    return failure(spec, "not found", "no device is root=", spec, ": none of those seen within ", seconds,
        " s has that name", NULL);
}

/* rootfallback= takes over when the root itself never came. */
static int look_for_either(struct boot *boot)
{
    int result = look_for(boot, boot->options.root);

    if (result != -ETIMEDOUT || !boot->options.rootfallback)
        return result;
    log_warning("root=", boot->options.root, " did not come: taking rootfallback=", boot->options.rootfallback);
    boot->options.root = boot->options.rootfallback;
    return look_for(boot, boot->options.root);
}

int step_root(struct boot *boot)
{
    int result;

    if (boot->root || shared_root_is_asked_for(boot))
        return 0;
    result = root_wait_delay(&boot->options, &boot->devices);
    if (result == 0)
        result = look_for_either(boot);
    return result > 0 ? 0 : not_found(boot, result);
}
