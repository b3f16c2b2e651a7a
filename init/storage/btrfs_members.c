#include "storage/btrfs_members.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/btrfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "system/log.h"
#include "system/text.h"

static bool is_btrfs(struct block_device *device)
{
    block_device_read_superblock(device);
    return device->superblock.type && !strcmp(device->superblock.type, "btrfs");
}

bool btrfs_same_file_system(struct block_device *a, struct block_device *b)
{
    return is_btrfs(a) && is_btrfs(b) && !strcmp(a->superblock.uuid, b->superblock.uuid)
           && strcmp(a->superblock.member_uuid, b->superblock.member_uuid) != 0;
}

static bool is_member(struct block_device *device, struct block_device *of)
{
    return device == of || btrfs_same_file_system(device, of);
}

struct btrfs_count btrfs_count_members(struct block_devices *devices, struct block_device *device)
{
    struct btrfs_count count = {.there = 0, .all = device->superblock.device_count};

    if (!device->superblock_read || count.all <= 1)
        return (struct btrfs_count){1, 1};
    for (size_t i = 0; i < devices->count; i++)
        count.there += is_member(devices->list[i], device);
    return count;
}

static int register_one(int control, const struct block_device *device)
{
    struct btrfs_ioctl_vol_args arguments = {0};
    int result = text_join(arguments.name, sizeof(arguments.name), device->path, NULL);

    if (result < 0)
        return result;
    return ioctl(control, BTRFS_IOC_SCAN_DEV, &arguments) < 0 ? -errno : 0;
}

/* The kernel's own count of the members, which also knows of one that was replaced. */
static int check_ready(int control, const struct block_device *device)
{
    struct btrfs_ioctl_vol_args arguments = {0};
    int result = text_join(arguments.name, sizeof(arguments.name), device->path, NULL);

    if (result == 0 && ioctl(control, BTRFS_IOC_DEVICES_READY, &arguments) > 0)
        log_warning("the kernel still misses members of the btrfs on ", device->path);
    return result;
}

int btrfs_register_members(struct block_devices *devices, struct block_device *device)
{
    int control = open("/dev/btrfs-control", O_RDWR | O_CLOEXEC);
    int result = 0;

    if (control < 0)
        return -errno;
    for (size_t i = 0; i < devices->count && result == 0; i++) {
        if (is_member(devices->list[i], device))
            result = register_one(control, devices->list[i]);
    }
    if (result == 0)
        result = check_ready(control, device);
    close(control);
    return result;
}
