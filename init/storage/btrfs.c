#include "storage/btrfs.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "system/text.h"

/* The others are read here: a member is known by what lies on it. A seed has a UUID of its own, and what stands on it
 * does not tell at this place which: each that has come may be it, and the kernel takes the right one. */
static bool is_member(struct block_device *device, struct block_device *of)
{
    block_device_read_superblock(device);
    return device == of || storage_are_siblings(device, of) || (device->superblock.is_seed && !of->superblock.is_seed);
}

static uint64_t count_members(struct storage *storage, struct block_device *device)
{
    uint64_t count = 0;

    for (size_t i = 0; i < storage->blocks->count; i++)
        count += is_member(storage->blocks->list[i], device);
    return count;
}

static int call(int control, unsigned long request, const struct block_device *device)
{
    struct btrfs_ioctl_vol_args arguments = {0};
    int result = text_join(arguments.name, sizeof(arguments.name), device->path, NULL);

    if (result < 0)
        return result;
    result = ioctl(control, request, &arguments);
    return result < 0 ? -errno : result;
}

static int register_members(struct storage *storage, struct block_device *device, int control)
{
    int result = 0;

    for (size_t i = 0; i < storage->blocks->count && result >= 0; i++) {
        if (is_member(storage->blocks->list[i], device))
            result = call(control, BTRFS_IOC_SCAN_DEV, storage->blocks->list[i]);
    }
    return result;
}

static bool has_seed(const struct storage *storage)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        if (storage->blocks->list[i]->superblock.is_seed)
            return true;
    }
    return false;
}

static int assemble(struct storage *storage, struct block_device *device, bool degraded)
{
    uint64_t all = device->superblock.device_count;
    int control, result;

    if (all <= 1)
        return 1;
    if (count_members(storage, device) < all && !degraded)
        return 0;
    control = open("/dev/btrfs-control", O_RDWR | O_CLOEXEC);
    if (control < 0)
        return errno == ENOENT ? 1 : -errno; /* the kernel has no btrfs, as mounting it will tell */
    result = register_members(storage, device, control);
    /* The kernel's own count, which also knows of a member that was replaced, but not of seeds. */
    if (result >= 0 && !degraded && !has_seed(storage) && call(control, BTRFS_IOC_DEVICES_READY, device) > 0)
        log_warning("the kernel still misses members of the btrfs on ", device->path);
    close(control);
    if (result >= 0)
        log_info("the kernel knows the members of the btrfs on ", device->path);
    return result < 0 ? result : 1;
}

static void explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    char there[DECIMAL_SIZE], all[DECIMAL_SIZE];

    (void)text_join(sentence, LOG_MESSAGE_SIZE, "only ", text_decimal(count_members(storage, device), there), " of ",
        text_decimal(device->superblock.device_count, all), " devices of the btrfs on ", device->path,
        " have come: attach the others, or boot with rootflags=degraded", NULL);
}

const struct assembler btrfs_assembler = {
    .type = "btrfs", .module = "fs-btrfs", .assemble = assemble, .explain = explain};
