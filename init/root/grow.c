/*
 * kindling.growroot: the root's partition is made to fill a disk that has become larger, and its file system to fill
 * the partition, as growpart(1) and resize2fs(8) would. What forbids it are the files by which cloud-initramfs-growroot
 * and cloud-init know that it is not wanted, or done.
 *
 * A file system grows through its own driver while it is mounted, which a journal or a copy on write makes safe at any
 * moment; resize2fs offline is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/btrfs.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "format/partition_growth.h"
#include "module/image.h"
#include "root/device_find.h"
#include "root/mount_device.h"
#include "root/root_file.h"
#include "root/steps.h"
#include "system/log.h"
#include "system/sysfs.h"
#include "system/text.h"

/* Of the old table, as it lay at the disk's beginning; "vda" follows. */
#define OLD_TABLE_PATH "/run/initramfs/partition-table-"

/* What mkfs may leave free at a device's end, for it would be too little for another group: no reason to try at each
 * boot. In bytes. */
#define FILE_SYSTEM_LEAST (UINT64_C(8) << 20)

/* fs/ext4/ext4.h, fs/xfs/libxfs/xfs_fs.h: not in the kernel's headers for programs. */
#define EXT4_IOC_RESIZE_FS _IOW('f', 16, uint64_t)

struct xfs_geometry {
    uint32_t block_size, realtime_extent, group_blocks, groups, log_blocks, sector_size, inode_size, inode_percent;
    uint64_t blocks, realtime_blocks, realtime_extents, log_start;
    uint8_t uuid[16];
    uint32_t stripe_unit, stripe_width;
    int32_t version;
    uint32_t flags, log_sector_size, realtime_sector_size, directory_block_size;
};

struct xfs_growth {
    uint64_t blocks;
    uint32_t inode_percent;
};

#define XFS_IOC_FSGEOMETRY_V1 _IOR('X', 100, struct xfs_geometry)
#define XFS_IOC_FSGROWFSDATA _IOW('X', 110, struct xfs_growth)

static const char *const forbidding_files[] = {
    "/etc/growroot-disabled", "/etc/growroot-grown", "/var/lib/cloud/instance/root-grown"};

struct disk {
    int fd;
    const struct block_device *partition;
    uint32_t sector_size;
    uint64_t size;
    struct device_range wanted;
};

static int read_all(int fd, uint8_t *bytes, size_t size, uint64_t offset)
{
    ssize_t length = pread(fd, bytes, size, (off_t)offset);

    if (length < 0)
        return -errno;
    return length == (ssize_t)size ? 0 : -EIO;
}

/* A write that has reached the disk when it returns. */
static int write_through(int fd, const void *bytes, size_t size, uint64_t offset)
{
    ssize_t length = pwrite(fd, bytes, size, (off_t)offset);

    if (length < 0)
        return -errno;
    if (length != (ssize_t)size)
        return -EIO;
    return fsync(fd) < 0 ? -errno : 0;
}

/* Reads the disk's table and tells what can be done. Returns 0 or -errno. */
static int plan(const struct disk *disk, struct partition_growth *growth, enum partition_room *room)
{
    static uint8_t head[PARTITION_TABLE_SIZE], tail[PARTITION_TAIL_SIZE], more[PARTITION_GROWTH_ENTRIES_SIZE];
    struct device_range wanted = {0};
    struct device_view view = {.head = head,
        .head_size = sizeof(head),
        .tail = tail,
        .tail_size = sizeof(tail),
        .device_size = disk->size,
        .wanted = &wanted};
    int result = disk->size >= PARTITION_GROWTH_LEAST ? read_all(disk->fd, head, sizeof(head), 0) : -EINVAL;

    if (result == 0)
        result = read_all(disk->fd, tail, sizeof(tail), disk->size - sizeof(tail));
    if (result < 0)
        return result;
    *room = partition_growth_plan(&view, disk->sector_size, disk->partition->partition_number, growth);
    if (wanted.size == 0 || wanted.size > sizeof(more))
        return 0;
    result = read_all(disk->fd, more, (size_t)wanted.size, wanted.offset);
    view.more = more;
    view.at = wanted;
    view.wanted = NULL;
    if (result == 0)
        *room = partition_growth_plan(&view, disk->sector_size, disk->partition->partition_number, growth);
    return result;
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

/* The kernel's own idea of the partition; false when the table has another. */
static bool kernel_agrees(const struct block_device *partition, const struct partition_growth *growth)
{
    char directory[SYSFS_PATH_SIZE], value[SYSFS_VALUE_SIZE];
    int sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    uint64_t start = 0, size = 0;
    bool is_known = sysfs >= 0 && sysfs_find(sysfs, "class/block", strrchr(partition->path, '/') + 1, directory)
                    && sysfs_read(sysfs, directory, "start", value) && text_to_number(value, &start) == 0
                    && sysfs_read(sysfs, directory, "size", value) && text_to_number(value, &size) == 0;

    if (sysfs >= 0)
        close(sysfs);
    return is_known && start * 512 == growth->start && size * 512 == growth->size;
}

static int keep_old_table(const struct disk *disk)
{
    static uint8_t head[PARTITION_TABLE_SIZE];
    char path[64];
    int result = text_join(path, sizeof(path), OLD_TABLE_PATH, strrchr(disk->partition->disk, '/') + 1, NULL);
    int fd;

    if (result == 0)
        result = read_all(disk->fd, head, sizeof(head), 0);
    if (result < 0)
        return result;
    fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? 0 : -errno; /* the first is the oldest */
    result = write_through(fd, head, sizeof(head), 0);
    close(fd);
    return result;
}

static int tell_kernel(const struct disk *disk, const struct partition_growth *growth)
{
    struct blkpg_partition partition = {.start = (long long)growth->start,
        .length = (long long)growth->new_size,
        .pno = (int)disk->partition->partition_number};
    struct blkpg_ioctl_arg argument = {.op = BLKPG_RESIZE_PARTITION, .datalen = sizeof(partition), .data = &partition};

    return ioctl(disk->fd, BLKPG, &argument) < 0 ? -errno : 0;
}

static int write_table(const struct disk *disk, const struct partition_growth *growth)
{
    int result = keep_old_table(disk);

    for (size_t i = 0; i < growth->write_count && result == 0; i++)
        result = write_through(disk->fd, growth->writes[i].bytes, growth->writes[i].size, growth->writes[i].offset);
    return result;
}

/* Returns 0 or -errno. */
static int open_disk(const struct block_device *partition, struct disk *disk)
{
    int sector_size;

    *disk = (struct disk){.fd = open(partition->disk, O_RDWR | O_CLOEXEC), .partition = partition};
    if (disk->fd < 0)
        return -errno;
    if (ioctl(disk->fd, BLKSSZGET, &sector_size) < 0 || ioctl(disk->fd, BLKGETSIZE64, &disk->size) < 0)
        return -errno;
    disk->sector_size = (uint32_t)sector_size;
    return 0;
}

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

/* Brings an unfinished table to its end, makes the partition larger, and tells the kernel. *allowed: the root was asked
 * already. Returns 0, 1 when it has grown, or -errno. */
static int grow_on_disk(struct boot *boot, const struct disk *disk, struct block_device *device, bool *allowed)
{
    static struct partition_growth growth; /* 33 KiB */
    enum partition_room room;
    char before[DECIMAL_SIZE], after[DECIMAL_SIZE];
    int result = plan(disk, &growth, &room);

    if (result == 0 && room == PARTITION_ROOM_UNFINISHED) {
        result = write_table(disk, &growth);
        if (result == 0)
            result = plan(disk, &growth, &room);
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
    if (!kernel_agrees(device, &growth)) {
        log_warning(device->path, " is not grown: the kernel sees another partition there than the disk's table has");
        return 0;
    }
    result = write_table(disk, &growth);
    if (result == 0)
        result = tell_kernel(disk, &growth);
    if (result < 0)
        return result;
    log_warning(device->path, " has grown from ", mebibytes(growth.size, before), " to ",
        mebibytes(growth.new_size, after), " MiB, the disk's end; the old partition table is kept in /run/initramfs");
    device->superblock_read = false;
    return 1;
}

static int grow_partition(struct boot *boot, struct block_device *device, bool *allowed)
{
    struct disk disk;
    int result;

    if (device->partition_number == 0)
        return 0;
    result = open_disk(device, &disk);
    if (result == 0)
        result = grow_on_disk(boot, &disk, device, allowed);
    if (disk.fd >= 0)
        close(disk.fd);
    if (result < 0)
        log_warning("cannot grow ", device->path, ": ", strerror(-result));
    return result;
}

static int grow_ext4(int root, uint64_t size)
{
    struct statfs status;
    uint64_t blocks;

    if (fstatfs(root, &status) < 0 || status.f_bsize <= 0)
        return -errno;
    blocks = size / (uint64_t)status.f_bsize;
    return ioctl(root, EXT4_IOC_RESIZE_FS, &blocks) < 0 ? -errno : 0;
}

static int grow_xfs(int root, uint64_t size)
{
    struct xfs_geometry geometry;
    struct xfs_growth growth;

    if (ioctl(root, XFS_IOC_FSGEOMETRY_V1, &geometry) < 0)
        return -errno;
    growth = (struct xfs_growth){size / geometry.block_size, geometry.inode_percent};
    return ioctl(root, XFS_IOC_FSGROWFSDATA, &growth) < 0 ? -errno : 0;
}

/* One device only: which of several it is, and how they share what is new, is for a person. */
static int grow_btrfs(int root, uint64_t size)
{
    struct btrfs_ioctl_fs_info_args info = {0};
    struct btrfs_ioctl_vol_args wanted = {0};
    char number[DECIMAL_SIZE];
    int result;

    (void)size;
    if (ioctl(root, BTRFS_IOC_FS_INFO, &info) < 0)
        return -errno;
    if (info.num_devices != 1)
        return -EOPNOTSUPP;
    result = text_join(wanted.name, sizeof(wanted.name), text_decimal(info.max_id, number), ":max", NULL);
    if (result < 0)
        return result;
    return ioctl(root, BTRFS_IOC_RESIZE, &wanted) < 0 ? -errno : 0;
}

static const struct growing_file_system {
    const char *types;
    int (*grow)(int root, uint64_t size); /* root: its root directory; size: of its device in bytes */
} growing_file_systems[] = {{"ext2,ext3,ext4", grow_ext4}, {"xfs", grow_xfs}, {"btrfs", grow_btrfs}};

static const struct growing_file_system *growing_file_system(const char *type)
{
    for (size_t i = 0; i < sizeof(growing_file_systems) / sizeof(growing_file_systems[0]); i++) {
        if (text_list_has(growing_file_systems[i].types, type))
            return &growing_file_systems[i];
    }
    return NULL;
}

static int grow_mounted(const struct growing_file_system *kind, uint64_t size)
{
    int root = open(IMAGE_ROOT_PATH, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int result = root < 0 ? -errno : kind->grow(root, size);

    if (root >= 0)
        close(root);
    if (umount2(IMAGE_ROOT_PATH, 0) < 0 && result == 0)
        result = -errno;
    return result;
}

static void grow_file_system(struct boot *boot, struct block_device *device)
{
    const char *type = device->superblock.type;
    const struct growing_file_system *kind = growing_file_system(type);
    char size[DECIMAL_SIZE];
    int result;

    if (!kind) {
        log_info("the ", type, " of ", device->path, " does not grow while it is mounted: it is left as it is");
        return;
    }
    result = mount_for_a_moment(boot, device, 0);
    if (result == 0)
        result = grow_mounted(kind, device->size);
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
    if (boot->is_protected || mount_is_write_protected(device->path)) {
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
        grow_file_system(boot, device);
    return 0;
}
