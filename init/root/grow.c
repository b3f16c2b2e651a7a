/*
 * kindling.growroot: the root's partition is made to fill a disk that has become larger, and its file system to fill
 * the partition, as growpart(1) and resize2fs(8) would. What forbids it are the files by which cloud-initramfs-growroot
 * and cloud-init know that it is not wanted, or done.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "module/image.h"
#include "root/device_find.h"
#include "root/grow_file_system.h"
#include "root/grow_partition.h"
#include "root/mount_device.h"
#include "root/root_file.h"
#include "root/steps.h"
#include "root/write_protect.h"
#include "system/log.h"
#include "system/text.h"

/* What mkfs may leave free at a device's end, for it would be too little for another group: no reason to try at each
 * boot. In bytes. */
#define FILE_SYSTEM_LEAST (UINT64_C(8) << 20)

static const char *const forbidding_files[] = {
    "/etc/growroot-disabled", "/etc/growroot-grown", "/var/lib/cloud/instance/root-grown"};

static const char *mebibytes(uint64_t bytes, char text[DECIMAL_SIZE])
{
    return text_decimal(bytes >> 20, text);
}

static bool is_forbidden(void)
{
    for (size_t i = 0; i < sizeof(forbidding_files) / sizeof(forbidding_files[0]); i++) {
        int fd = new_root_open(forbidding_files[i], O_RDONLY);

        if (fd >= 0) {
            close(fd);
            log_info("the root has ", forbidding_files[i], ": it is not grown");
            return true;
        }
    }
    return false;
}

/* Mounts the root as the boot will, but for read-only. Returns 0 or -errno. */
static int mount_for_a_moment(struct boot *boot, struct block_device *device, unsigned long read_only)
{
    struct mount_task task = {.boot = boot, .device = device, .target = IMAGE_ROOT_PATH};
    int result;

    block_device_settle(device, boot->options.rootfstype);
    if (device->superblock.usage != SUPERBLOCK_FILESYSTEM)
        return -EINVAL;
    result = mount_options_parse(boot->options.rootflags, &task.options);
    task.options.flags = (task.options.flags & ~(unsigned long)MS_RDONLY) | read_only;
    return result < 0 ? result : mount_device_as(&task, device->superblock.type);
}

/* Whether the root lets itself be grown. */
static bool may_grow(struct boot *boot, struct block_device *device)
{
    int result = mount_for_a_moment(boot, device, MS_RDONLY);
    bool is_allowed;

    if (result < 0) {
        log_info("cannot look into ", device->path, ": it is not grown: ", strerror(-result));
        return false;
    }
    is_allowed = !is_forbidden();
    return umount2(IMAGE_ROOT_PATH, 0) == 0 && is_allowed;
}

/* NULL where there is nothing to complain of. */
static const char *refusal(enum partition_room room)
{
    switch (room) {
    case PARTITION_ROOM_INCONSISTENT:
        return "the disk's partition table is damaged or contradicts itself";
    case PARTITION_ROOM_EXTENDED:
        return "the disk has an extended partition";
    case PARTITION_ROOM_HYBRID:
        return "the disk's MBR mirrors partitions of its GPT";
    case PARTITION_ROOM_UNUSUAL:
        return "the entries of the disk's GPT are not where and as many as usual";
    case PARTITION_ROOM_NOT_ITS:
    case PARTITION_ROOM_NONE:
    case PARTITION_ROOM_SOME:
    case PARTITION_ROOM_UNFINISHED:
        break;
    }
    return NULL;
}

/* Brings an unfinished table to its end, makes the partition larger, and tells the kernel. *allowed: the root was asked
 * already. Returns 0, 1 when it has grown, or -errno. */
static int grow_on_disk(struct boot *boot, const struct grow_disk *disk, struct block_device *device, bool *allowed)
{
    static struct partition_growth growth; /* 33 KiB */
    enum partition_room room;
    char before[DECIMAL_SIZE], after[DECIMAL_SIZE];
    int result = grow_partition_plan(disk, &growth, &room);

    if (result == 0 && room == PARTITION_ROOM_UNFINISHED) {
        result = grow_partition_write(disk, &growth);
        if (result == 0)
            result = grow_partition_plan(disk, &growth, &room);
    }
    if (result < 0)
        return result;
    if (refusal(room))
        log_warning(device->path, " is not grown: ", refusal(room));
    if (room == PARTITION_ROOM_NOT_ITS)
        log_info(device->path, " is not grown: another partition is behind it");
    if (room != PARTITION_ROOM_SOME)
        return 0;
    *allowed = may_grow(boot, device);
    if (!*allowed)
        return 0;
    if (!grow_partition_is_known(device, &growth)) {
        log_warning(device->path, " is not grown: the kernel sees another partition there than the disk's table has");
        return 0;
    }
    result = grow_partition_write(disk, &growth);
    if (result == 0)
        result = grow_partition_tell_kernel(disk, &growth);
    if (result < 0)
        return result;
    log_warning(device->path, " has grown from ", mebibytes(growth.size, before), " to ",
        mebibytes(growth.new_size, after), " MiB, the disk's end; the old partition table is kept in /run/initramfs");
    device->superblock_read = false;
    return 1;
}

static int grow_partition(struct boot *boot, struct block_device *device, bool *allowed)
{
    struct grow_disk disk;
    int result;

    if (device->partition_number == 0)
        return 0;
    result = grow_disk_open(&disk, device);
    if (result == 0)
        result = grow_on_disk(boot, &disk, device, allowed);
    grow_disk_close(&disk);
    if (result < 0)
        log_warning("cannot grow ", device->path, ": ", strerror(-result));
    return result;
}

static int grow_mounted(grow_file_system *grow, uint64_t size)
{
    int root = open(IMAGE_ROOT_PATH, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = root < 0 ? -errno : grow(root, size);

    if (root >= 0)
        close(root);
    if (umount2(IMAGE_ROOT_PATH, 0) < 0 && result == 0)
        result = -errno;
    return result;
}

static void grow_root(struct boot *boot, struct block_device *device)
{
    const char *type = device->superblock.type;
    grow_file_system *grow = grow_file_system_of(type);
    char size[DECIMAL_SIZE];
    int result;

    if (!grow) {
        log_info("the ", type, " of ", device->path, " does not grow while it is mounted: it is left as it is");
        return;
    }
    result = mount_for_a_moment(boot, device, 0);
    if (result == 0)
        result = grow_mounted(grow, device->size);
    device->superblock_read = false;
    if (result < 0)
        log_warning("cannot grow the ", type, " of ", device->path, ": ", strerror(-result));
    else
        log_warning("the ", type, " of ", device->path, " has grown to ", mebibytes(device->size, size), " MiB");
}

/* The boot goes on whatever becomes of this. */
int step_grow(struct boot *boot)
{
    struct block_device *device = root_device(boot);
    const struct superblock *superblock;
    uint64_t least = FILE_SYSTEM_LEAST;
    bool allowed = true;
    int grown;

    if (!boot->options.grow_root || boot->options.overlay || !device)
        return 0;
    block_device_settle(device, boot->options.rootfstype);
    if (device->superblock.usage != SUPERBLOCK_FILESYSTEM)
        return 0;
    if (boot->is_protected || is_write_protected(device->path)) {
        log_info(
            device->path, boot->is_protected ? " is not to be written to" : " is write-protected", ": it is not grown");
        return 0;
    }
    grown = grow_partition(boot, device, &allowed);
    if (!allowed || grown < 0)
        return 0;
    if (grown > 0)
        least = 1;
    block_device_settle(device, boot->options.rootfstype);
    superblock = &device->superblock;
    if (superblock->size == 0 || device->size < superblock->size || device->size - superblock->size < least)
        return 0;
    if (grown > 0 || may_grow(boot, device))
        grow_root(boot, device);
    return 0;
}
