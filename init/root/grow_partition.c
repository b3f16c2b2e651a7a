#include "root/grow_partition.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "system/sysfs.h"
#include "system/text.h"

/* Of the old table, as it lay at the disk's beginning; "vda" follows. */
#define OLD_TABLE_PATH "/run/initramfs/partition-table-"

int grow_disk_open(struct grow_disk *disk, const struct block_device *partition)
{
    int sector_size;

    *disk = (struct grow_disk){.fd = open(partition->disk, O_RDWR | O_CLOEXEC), .partition = partition};
    if (disk->fd < 0)
        return -errno;
    if (ioctl(disk->fd, BLKSSZGET, &sector_size) < 0 || ioctl(disk->fd, BLKGETSIZE64, &disk->size) < 0)
        return -errno;
    disk->sector_size = (uint32_t)sector_size;
    return 0;
}

void grow_disk_close(struct grow_disk *disk)
{
    if (disk->fd >= 0)
        close(disk->fd);
}

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

int grow_partition_plan(const struct grow_disk *disk, struct partition_growth *growth, enum partition_room *room)
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

bool grow_partition_is_known(const struct block_device *partition, const struct partition_growth *growth)
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

static int keep_old_table(const struct grow_disk *disk)
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

int grow_partition_write(const struct grow_disk *disk, const struct partition_growth *growth)
{
    int result = keep_old_table(disk);

    for (size_t i = 0; i < growth->write_count && result == 0; i++)
        result = write_through(disk->fd, growth->writes[i].bytes, growth->writes[i].size, growth->writes[i].offset);
    return result;
}

int grow_partition_tell_kernel(const struct grow_disk *disk, const struct partition_growth *growth)
{
    struct blkpg_partition partition = {.start = (long long)growth->start,
        .length = (long long)growth->new_size,
        .pno = (int)disk->partition->partition_number};
    struct blkpg_ioctl_arg argument = {.op = BLKPG_RESIZE_PARTITION, .datalen = sizeof(partition), .data = &partition};

    return ioctl(disk->fd, BLKPG, &argument) < 0 ? -errno : 0;
}
