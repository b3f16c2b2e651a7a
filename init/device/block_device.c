#include "device/block_device.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "device/block_device_read.h"
#include "system/text.h"

const char *block_device_disk(const struct block_device *device)
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
    if (strcmp(event->action, "add") != 0) /* what is there already is told of once more, as added */
        block_device_forgive(device);
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
