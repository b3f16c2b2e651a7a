/*
 * A hibernated system must be resumed before its file systems are touched: mounting one, even read-only, replays its
 * journal behind the sleeping kernel's back. Resuming is not ours yet, so such a boot is refused.
 */
#include <errno.h>
#include <string.h>

#include "boot.h"
#include "failure.h"
#include "log.h"
#include "timing.h"

#define SETTLE_TIME 5000000u /* in timing_now's unit */

static bool holds_image(struct block_device *device)
{
    block_device_read_superblock(device);
    return device->superblock.type && !strcmp(device->superblock.type, "swsuspend");
}

static struct block_device *find_image(struct boot *boot, const struct device_ref *ref)
{
    struct block_devices *blocks = &boot->devices.blocks;

    for (size_t i = 0; i < blocks->count; i++) {
        if (block_device_matches(blocks->list[i], ref) && holds_image(blocks->list[i]))
            return blocks->list[i];
    }
    return NULL;
}

/* Takes in what has come since the root was found: the swap partition's event often follows the root's. The root's
 * entry may move meanwhile and is sought again. */
static int take_in_the_rest(struct boot *boot)
{
    char path[BLOCK_DEVICE_PATH_SIZE] = "";
    int result;

    if (boot->root)
        memcpy(path, boot->root->path, sizeof(path));
    boot->root = NULL;
    result = devices_settle(&boot->devices, timing_now() + SETTLE_TIME);
    for (size_t i = 0; i < boot->devices.blocks.count; i++) {
        if (!strcmp(boot->devices.blocks.list[i]->path, path))
            boot->root = boot->devices.blocks.list[i];
    }
    return result < 0 || (*path && !boot->root) ? -ENODEV : 0;
}

/* After the root was found, so that its disk is there, and before anything of it is checked or mounted. */
int resume_refuse(struct boot *boot)
{
    const char *spec = boot->options.resume;
    const struct block_device *device;
    struct device_ref ref;

    if (!spec || boot->options.noresume || device_ref_parse(spec, &ref) < 0)
        return 0;
    if (take_in_the_rest(boot) < 0)
        return failure(
            "resume", spec, "the root is gone", "the root went away while resume=", spec, " was looked for", NULL);
    device = find_image(boot, &ref);
    if (!device)
        return 0;
    return failure("resume", device->path, "hibernated", device->path,
        " holds a hibernated system, which kindling cannot resume: boot it as it was put to sleep, or give it up with "
        "noresume",
        NULL);
}
