#include "root/device_find.h"

#include <errno.h>
#include <string.h>

#include "root/candidates.h"
#include "root/root_wait.h"
#include "system/timing.h"

#define SECOND 1000000u           /* in timing_now's unit */
#define SETTLE_TIME (5u * SECOND) /* a device that sends events without end must not keep the boot for ever */

/* Returns 1 and *device when it is there, 0 when it is not there yet, or -errno. */
static int choose(struct boot *boot, const struct device_ref *ref, struct block_device **device)
{
    struct candidates candidates = candidates_find(&boot->devices.blocks, ref);

    if (candidates.rival)
        return -ENOTUNIQ;
    *device = candidates.first;
    return candidates.first != NULL;
}

static int wait_for(struct boot *boot, struct root_wait *wait, const char *what, const char *spec,
    const struct device_ref *ref, struct block_device **device)
{
    int result = devices_settle(&boot->devices, timing_now() + SETTLE_TIME);

    while (result >= 0) {
        int found = choose(boot, ref, device);

        if (found != 0)
            return found < 0 ? found : 0;
        do
            result = root_wait_step(wait, &boot->devices, what, spec);
        while (result == 0);
    }
    return result;
}

/* The root's entry may have been replaced by an event. */
static int seek_root(struct boot *boot, const char *path)
{
    boot->root = NULL;
    for (size_t i = 0; i < boot->devices.blocks.count; i++) {
        if (!strcmp(boot->devices.blocks.list[i]->path, path))
            boot->root = boot->devices.blocks.list[i];
    }
    return *path && !boot->root ? -ENODEV : 0;
}

int device_find(struct boot *boot, const char *what, const char *spec, uint64_t seconds, struct block_device **device)
{
    char root_path[BLOCK_DEVICE_PATH_SIZE] = "";
    struct device_ref ref;
    struct root_wait wait;
    int result = *spec ? device_ref_parse(spec, &ref) : -EINVAL;

    if (result < 0)
        return result;
    if (boot->root)
        memcpy(root_path, boot->root->path, sizeof(root_path));
    root_wait_begin(&wait, &boot->options);
    if (seconds && wait.deadline > wait.start + seconds * SECOND)
        wait.deadline = wait.start + seconds * SECOND;
    result = wait_for(boot, &wait, what, spec, &ref, device);
    return seek_root(boot, root_path) < 0 ? -ENODEV : result;
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
        return "the root's device went away meanwhile";
    default:
        return strerror(-error);
    }
}
