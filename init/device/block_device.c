#include "device/block_device.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/cdrom.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "name/device_links.h"
#include "name/mapped_device.h"
#include "system/log.h"
#include "system/process.h"
#include "system/text.h"
#include "system/waits.h"

static uint64_t patience = WAIT_READ;
static char silent[BLOCK_DEVICE_PATH_SIZE]; /* the disk that last did not answer; "" for none */

void block_device_set_patience(uint64_t microseconds)
{
    patience = microseconds < WAIT_READ_LEAST ? WAIT_READ_LEAST : microseconds < WAIT_READ ? microseconds : WAIT_READ;
}

static const char *disk_of(const struct block_device *device)
{
    return *device->disk ? device->disk : device->path;
}

static size_t position_of(const struct block_devices *devices, const char *path)
{
    size_t i = 0;

    while (i < devices->count && strcmp(devices->list[i]->path, path) != 0)
        i++;
    return i;
}

static void forget(struct block_devices *devices, size_t position)
{
    free(devices->list[position]);
    devices->list[position] = devices->list[--devices->count];
}

static int make_room(struct block_devices *devices)
{
    size_t capacity = devices->capacity ? 2 * devices->capacity : 16;
    struct block_device **list;

    if (devices->count < devices->capacity)
        return 0;
    list = reallocarray(devices->list, capacity, sizeof(struct block_device *));
    if (!list)
        return -ENOMEM;
    devices->list = list;
    devices->capacity = capacity;
    return 0;
}

/* In ".../block/vda/vda2" the disk is the last directory but one; its name in /dev has '/' for sysfs's '!'. */
static int find_disk(const char *devpath, char disk[BLOCK_DEVICE_PATH_SIZE])
{
    const char *end = strrchr(devpath, '/');
    const char *start = end;
    char name[BLOCK_DEVICE_PATH_SIZE];
    size_t length;

    if (!end)
        return -EINVAL;
    while (start > devpath && start[-1] != '/')
        start--;
    length = (size_t)(end - start);
    if (length == 0 || length >= sizeof(name))
        return -EINVAL;
    memcpy(name, start, length);
    name[length] = '\0';
    for (char *c = name; *c; c++) {
        if (*c == '!')
            *c = '/';
    }
    return text_join(disk, BLOCK_DEVICE_PATH_SIZE, "/dev/", name, NULL);
}

static int describe(struct block_device *device, const struct uevent *event)
{
    uint64_t device_major, device_minor, number = 0;

    if (!*event->devname || text_to_number(event->major, &device_major) < 0
        || text_to_number(event->minor, &device_minor) < 0)
        return -EINVAL;
    device->number = makedev((unsigned)device_major, (unsigned)device_minor);
    if (text_join(device->path, sizeof(device->path), "/dev/", event->devname, NULL) < 0)
        return -EINVAL;
    if (strcmp(event->devtype, "partition") != 0)
        return 0;
    if (text_to_number(event->partition_number, &number) < 0)
        return -EINVAL;
    device->partition_number = (unsigned)number;
    return find_disk(event->devpath, device->disk);
}

int block_devices_handle(struct block_devices *devices, const struct uevent *event)
{
    struct block_device *device = calloc(1, sizeof(*device));
    size_t position;
    int result;

    if (!device)
        return -ENOMEM;
    result = describe(device, event);
    if (result < 0) {
        free(device);
        return result;
    }
    if (strcmp(event->action, "add") != 0 && !strcmp(disk_of(device), silent))
        *silent = '\0'; /* what is there already is told of once more, as added */
    position = position_of(devices, device->path);
    if (position < devices->count)
        forget(devices, position);
    if (!strcmp(event->action, "remove")) {
        free(device);
        return 0;
    }
    result = make_room(devices);
    if (result < 0)
        free(device);
    else
        devices->list[devices->count++] = device;
    return result;
}

struct block_device *block_devices_find(const struct block_devices *devices, dev_t number)
{
    for (size_t i = 0; i < devices->count; i++) {
        if (devices->list[i]->number == number)
            return devices->list[i];
    }
    return NULL;
}

void block_devices_free(struct block_devices *devices)
{
    while (devices->count > 0)
        forget(devices, devices->count - 1);
    free(devices->list);
    *devices = (struct block_devices){0};
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
    struct device_view view = {.head = head, .tail = tail, .wanted = &wanted};
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

/* Calls what reads from the device. Returns 0 or -ETIMEDOUT. */
static int ask(const struct block_device *device, void (*read_it)(void *argument), void *argument)
{
    char seconds[DECIMAL_SIZE];

    if (!strcmp(disk_of(device), silent))
        return -ETIMEDOUT;
    if (process_call(read_it, argument, patience) == 0)
        return 0;
    (void)text_join(silent, sizeof(silent), disk_of(device), NULL);
    log_warning(silent, " has not answered for ", text_decimal(patience / SECOND, seconds), " s: going on without it");
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

/* type: as identify's. */
static void read_superblock(struct block_device *device, const char *type)
{
    struct reading reading = {device, type, 0};

    device->superblock_read = true;
    device->partly_read = false;
    device->read_error = ask(device, read_ends, &reading);
    if (device->read_error == 0)
        device->read_error = reading.result;
    else
        device->superblock = (struct superblock){0};
}

void block_device_read_superblock(struct block_device *device)
{
    if (!device->superblock_read)
        read_superblock(device, NULL);
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
        read_superblock(device, is_first ? claims[0] : claims[1]);
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
    result = ask(device, read_entry, &reading);
    if (result == 0)
        result = reading.result;
    if (result < 0) {
        device->partition = (struct partition){0};
        log_info("no partition entry for ", device->path, ": ", strerror(-result));
    }
}

/* Whichever of the two claims is true: that is for the command line to say, once the device was found. */
static bool claims_match(const struct block_device *device, const struct device_ref *ref)
{
    struct block_device claimed = *device;
    struct device_identity identity = {.superblock = &claimed.superblock};
    bool matches = false;

    for (unsigned i = 0; i < 2 && !matches; i++) {
        read_superblock(&claimed, device->superblock.claims[i]);
        matches = claimed.read_error == 0 && device_ref_matches(ref, &identity);
    }
    return matches;
}

static bool leads_to(const char *path, dev_t number)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISBLK(status.st_mode) && status.st_rdev == number;
}

/* Cuts off what the name of a partition has behind its disk's: "-part2" in by-id, else "p2", or "2" behind a letter.
 * Returns the number, or 0 and nothing was cut off. */
static unsigned cut_partition(char *path)
{
    char *end = path + strlen(path), *digits = end;
    uint64_t number;

    while (digits > path && digits[-1] >= '0' && digits[-1] <= '9')
        digits--;
    if (digits == end || text_to_number(digits, &number) < 0 || number > UINT_MAX)
        return 0;
    if (digits - path > 5 && !strncmp(digits - 5, "-part", 5))
        digits -= 5;
    else if (digits - path > 2 && digits[-1] == 'p' && digits[-2] >= '0' && digits[-2] <= '9')
        digits--;
    *digits = '\0';
    return (unsigned)number;
}

/* Names that the tools of layers make (/dev/md/NAME, /dev/mapper/NAME, /dev/VG/LV), and those of by-id that are ours.
 */
static bool is_linked(const struct block_device *device, const char *directory, const char *name)
{
    char path[DEVICE_REF_VALUE_SIZE + 32];
    struct stat disk;

    if (text_join(path, sizeof(path), directory, name, NULL) < 0)
        return false;
    if (leads_to(path, device->number))
        return true;
    return device->partition_number > 0 && cut_partition(path) == device->partition_number
           && stat(device->disk, &disk) == 0 && leads_to(path, disk.st_rdev);
}

bool block_device_matches(struct block_device *device, const struct device_ref *ref)
{
    struct device_identity identity = {.name = device->path + strlen("/dev/"), .number = device->number};
    struct device_links links;

    if (ref->kind == DEVICE_REF_ID || ref->kind == DEVICE_REF_BUS_PATH
        || (ref->kind == DEVICE_REF_PATH && mapped_device_is(identity.name))) {
        const char *disk = *device->disk ? device->disk : device->path;

        (void)device_links_find("/sys", disk + strlen("/dev/"), device->partition_number, &links);
        identity.links = links.names;
    }
    if ((ref->kind == DEVICE_REF_PATH && strchr(ref->value, '/') && is_linked(device, "/dev/", ref->value))
        || (ref->kind == DEVICE_REF_ID && is_linked(device, "/dev/disk/by-id/", ref->value)))
        return true;
    if (device_ref_needs_superblock(ref)) {
        block_device_read_superblock(device);
        if (device->superblock.claims[0])
            return claims_match(device, ref);
        if (device->read_error < 0)
            return false;
        identity.superblock = &device->superblock;
    }
    if (device_ref_needs_partition(ref)) {
        block_device_read_partition(device);
        identity.partition = device->partition.number ? &device->partition : NULL;
    }
    return device_ref_matches(ref, &identity);
}
