#include "device/block_device_read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "system/log.h"
#include "system/process.h"
#include "system/text.h"
#include "system/waits.h"

static uint64_t patience = WAIT_READ;

/* The disks that did not answer. */
static struct silent_disk {
    struct silent_disk *next;
    char path[BLOCK_DEVICE_PATH_SIZE]; /* "" when it has changed since */
} * silent_disks;

void block_device_set_patience(uint64_t microseconds)
{
    patience = microseconds < WAIT_READ_LEAST ? WAIT_READ_LEAST : microseconds < WAIT_READ ? microseconds : WAIT_READ;
}

uint64_t block_device_patience(void)
{
    return patience;
}

static struct silent_disk *find_silent(const char *path)
{
    struct silent_disk *disk = silent_disks;

    while (disk && strcmp(disk->path, path) != 0)
        disk = disk->next;
    return disk;
}

void block_device_forsake(const char *path)
{
    struct silent_disk *disk = find_silent(path);
    char seconds[DECIMAL_SIZE];

    if (disk)
        return;
    log_warning(path, " has not answered for ", text_decimal(patience / SECOND, seconds), " s: going on without it");
    disk = malloc(sizeof(*disk));
    if (!disk)
        return;
    (void)text_join(disk->path, sizeof(disk->path), path, NULL);
    disk->next = silent_disks;
    silent_disks = disk;
}

void block_device_forgive(const struct block_device *device)
{
    struct silent_disk *disk = find_silent(block_device_disk(device));

    if (disk)
        *disk->path = '\0';
}

/* Reads up to size bytes at offset. Returns how many, or -errno if there were none. */
static ssize_t read_at(int fd, uint8_t *bytes, size_t size, uint64_t offset)
{
    size_t used = 0;

    while (used < size) {
        ssize_t length = pread(fd, bytes + used, size - used, (off_t)(offset + used));

        if (length < 0 && used == 0)
            return -errno;
        if (length <= 0)
            break;
        used += (size_t)length;
    }
    return (ssize_t)used;
}

/* Non-blocking, so that the tray of an empty CD drive stays as it is. */
static int open_device(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

    if (fd < 0)
        return -errno;
    (void)posix_fadvise(fd, 0, 0, POSIX_FADV_RANDOM); /* without it the kernel reads ahead what nobody wants */
    return fd;
}

/* An empty CD drive has a size, but only errors to be read. Other devices do not know the question. */
static bool is_empty_drive(int fd)
{
    int status = ioctl(fd, CDROM_DRIVE_STATUS, CDSL_CURRENT);

    return status == CDS_NO_DISC || status == CDS_TRAY_OPEN || status == CDS_DRIVE_NOT_READY;
}

/* Reads what is wanted, once: nobody wants twice. NULL when that is nothing, or cannot be read; else the view has it,
 * and the caller frees it. */
static uint8_t *read_more(int fd, struct device_view *view)
{
    struct device_range wanted = *view->wanted;
    uint8_t *more = wanted.size > 0 ? malloc((size_t)wanted.size) : NULL;

    view->wanted = NULL;
    if (more && read_at(fd, more, (size_t)wanted.size, wanted.offset) == (ssize_t)wanted.size) {
        view->at = wanted;
        view->more = more;
        return more;
    }
    free(more);
    return NULL;
}

static int identify_view(const struct device_view *view, const char *type, struct superblock *superblock)
{
    return type ? superblock_identify_as(view, type, superblock) : superblock_identify(view, superblock);
}

/* type: which file system counts, or NULL for all. Returns 0, -EINVAL for two claims, or -errno. */
static int identify(int fd, const char *type, struct block_device *device)
{
    static uint8_t head[SUPERBLOCK_HEAD_SIZE], tail[SUPERBLOCK_TAIL_SIZE];
    struct device_range wanted = {0};
    struct device_view view = {
        .head = head, .tail = tail, .is_partition = device->partition_number > 0, .wanted = &wanted};
    ssize_t head_size, tail_size;
    uint8_t *more;
    int result;
    off_t size;

    if (is_empty_drive(fd))
        return -ENOMEDIUM;
    size = lseek(fd, 0, SEEK_END);
    if (size < 0)
        return -errno;
    device->size = view.device_size = (uint64_t)size;
    head_size = read_at(fd, head, sizeof(head), 0);
    if (head_size < 0)
        return (int)head_size;
    view.head_size = (size_t)head_size;
    view.tail_size = view.device_size < sizeof(tail) ? (size_t)view.device_size : sizeof(tail);
    tail_size = read_at(fd, tail, view.tail_size, view.device_size - view.tail_size);
    device->partly_read =
        tail_size != (ssize_t)view.tail_size || (view.head_size < sizeof(head) && view.head_size < view.device_size);
    if (tail_size != (ssize_t)view.tail_size)
        view.tail_size = 0;
    result = identify_view(&view, type, &device->superblock);
    more = read_more(fd, &view);
    if (more)
        result = identify_view(&view, type, &device->superblock);
    free(more);
    /* The last sectors of a burned disc are often unreadable, and nothing but the disc was to be expected there. */
    if (device->superblock.type && !strcmp(device->superblock.type, "iso9660"))
        device->partly_read = false;
    return result;
}

int block_device_ask(const struct block_device *device, void (*read_it)(void *argument), void *argument)
{
    if (find_silent(block_device_disk(device)))
        return -ETIMEDOUT;
    if (process_call(read_it, argument, patience) == 0)
        return 0;
    block_device_forsake(block_device_disk(device));
    return -ETIMEDOUT;
}

struct reading {
    struct block_device *device;
    const char *type; /* as identify's */
    int result;
};

static void read_ends(void *context)
{
    struct reading *reading = context;
    int fd = open_device(reading->device->path);

    reading->result = fd < 0 ? fd : identify(fd, reading->type, reading->device);
    if (fd >= 0)
        close(fd);
}

void block_device_read_superblock_as(struct block_device *device, const char *type)
{
    struct reading reading = {device, type, 0};

    device->superblock_read = true;
    device->partly_read = false;
    device->read_error = block_device_ask(device, read_ends, &reading);
    if (device->read_error == 0)
        device->read_error = reading.result;
    else
        device->superblock = (struct superblock){0};
}

void block_device_read_superblock(struct block_device *device)
{
    if (!device->superblock_read)
        block_device_read_superblock_as(device, NULL);
}

/* The driver of ext4 takes the older ones too. */
static bool is_said_to_be(const char *types, const char *type)
{
    return text_list_has(types, type) || (!strncmp(type, "ext", strlen("ext")) && text_list_has(types, "ext4"));
}

void block_device_settle(struct block_device *device, const char *types)
{
    const char *const *claims = device->superblock.claims;
    bool is_first, is_second;

    block_device_read_superblock(device);
    if (!types || !claims[0])
        return;
    is_first = is_said_to_be(types, claims[0]);
    is_second = is_said_to_be(types, claims[1]);
    if (is_first != is_second)
        block_device_read_superblock_as(device, is_first ? claims[0] : claims[1]);
}

typedef int find_partition(const struct device_view *, uint32_t, uint32_t, struct partition *);

/* Asks again with what is wanted. */
static int find_with_more(int fd, const struct device_view *ends, find_partition *find, uint32_t sector_size,
    uint32_t number, struct partition *found)
{
    struct device_range wanted = {0};
    struct device_view view = *ends;
    uint8_t *more;
    int result;

    view.wanted = &wanted;
    result = find(&view, sector_size, number, found);
    more = read_more(fd, &view);
    if (more)
        result = find(&view, sector_size, number, found);
    free(more);
    return result;
}

static int read_partition(int fd, unsigned number, struct partition *partition)
{
    static uint8_t table[PARTITION_TABLE_SIZE];
    struct device_view view = {.head = table, .tail = table};
    int sector_size, result;
    ssize_t size;

    if (ioctl(fd, BLKSSZGET, &sector_size) < 0 || ioctl(fd, BLKGETSIZE64, &view.device_size) < 0)
        return -errno;
    size = read_at(fd, table, sizeof(table), 0);
    if (size < 0)
        return (int)size;
    view.head_size = (size_t)size;
    result = find_with_more(fd, &view, partition_find, (uint32_t)sector_size, number, partition);
    if ((result != -EILSEQ && result != -ENODATA) || view.device_size < PARTITION_TAIL_SIZE)
        return result;
    if (read_at(fd, table, PARTITION_TAIL_SIZE, view.device_size - PARTITION_TAIL_SIZE) != PARTITION_TAIL_SIZE)
        return result;
    view.head_size = 0;
    view.tail_size = PARTITION_TAIL_SIZE;
    return find_with_more(fd, &view, partition_find_backup, (uint32_t)sector_size, number, partition);
}

static void read_entry(void *context)
{
    struct reading *reading = context;
    struct block_device *device = reading->device;
    int fd = open_device(device->disk);

    reading->result = fd < 0 ? fd : read_partition(fd, device->partition_number, &device->partition);
    if (fd >= 0)
        close(fd);
}

void block_device_read_partition(struct block_device *device)
{
    struct reading reading = {.device = device};
    int result;

    if (device->partition_read || device->partition_number == 0)
        return;
    device->partition_read = true;
    result = block_device_ask(device, read_entry, &reading);
    if (result == 0)
        result = reading.result;
    if (result < 0) {
        device->partition = (struct partition){0};
        log_info("no partition entry for ", device->path, ": ", strerror(-result));
    }
}
