#include "device/coldplug.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "system/file.h"
#include "system/text.h"

int coldplug_open(struct coldplug *walk)
{
    directory_begin(&walk->bus_devices, -1);
    directory_open(&walk->blocks, AT_FDCWD, "/sys/class/block");
    directory_open(&walk->buses, AT_FDCWD, "/sys/bus");
    return walk->buses.fd < 0 ? -errno : 0;
}

static bool next_block(struct coldplug *walk, struct uevent *event)
{
    const struct dirent *block;
    char path[512];
    ssize_t length;

    while ((block = directory_next(&walk->blocks)) != NULL) {
        /* The link's end is the same as the device path's. */
        length = readlinkat(walk->blocks.fd, block->d_name, walk->devpath, sizeof(walk->devpath) - 1);
        if (length < 0 || text_join(path, sizeof(path), block->d_name, "/uevent", NULL) < 0)
            continue;
        walk->devpath[length] = '\0';
        length = file_read_text(walk->blocks.fd, path, walk->text, sizeof(walk->text));
        if (length < 0)
            continue;
        uevent_parse_text(walk->text, (size_t)length + 1, event);
        event->action = "add";
        event->devpath = walk->devpath;
        event->subsystem = "block";
        return true;
    }
    return false;
}

static bool read_modalias(struct coldplug *walk, const char *name, struct uevent *event)
{
    char path[512];
    ssize_t length;

    /* ACPI's name for a device without a hardware ID, and so without a modalias. */
    if (!strncmp(name, "device:", strlen("device:")))
        return false;
    if (text_join(path, sizeof(path), name, "/modalias", NULL) < 0)
        return false;
    length = file_read_text(walk->bus_devices.fd, path, walk->text, sizeof(walk->text));
    if (length <= 0)
        return false;
    if (text_join(walk->devpath, sizeof(walk->devpath), "/bus/", walk->bus, "/devices/", name, NULL) < 0)
        return false;
    uevent_parse_text(walk->devpath, 0, event);
    event->action = "add";
    event->devpath = walk->devpath;
    event->modalias = walk->text;
    return true;
}

/* Buses whose devices have no modalias, or none that ever led to a disk. The first look at each device of sysfs costs
 * the kernel some 40 us, and a big machine has thousands of memory blocks and processors. */
static const char barren_buses[] = "clockevents,clocksource,container,cpu,event_source,machinecheck,memory,"
                                   "memory_tiering,node,pnp,serio,workqueue";

/* Goes on to the next bus. False when there is none. */
static bool next_bus(struct coldplug *walk)
{
    char path[512];
    const struct dirent *bus = directory_next(&walk->buses);

    if (!bus)
        return false;
    if (text_list_has(barren_buses, bus->d_name))
        return true;
    if (text_join(walk->bus, sizeof(walk->bus), bus->d_name, NULL) < 0)
        return true;
    if (text_join(path, sizeof(path), walk->bus, "/devices", NULL) == 0) {
        directory_close(&walk->bus_devices);
        directory_open(&walk->bus_devices, walk->buses.fd, path);
    }
    return true;
}

static bool next_bus_device(struct coldplug *walk, struct uevent *event)
{
    const struct dirent *device;

    do {
        while ((device = directory_next(&walk->bus_devices)) != NULL) {
            if (read_modalias(walk, device->d_name, event))
                return true;
        }
    } while (next_bus(walk));
    return false;
}

bool coldplug_next(struct coldplug *walk, struct uevent *event)
{
    return next_block(walk, event) || next_bus_device(walk, event);
}

void coldplug_close(struct coldplug *walk)
{
    directory_close(&walk->blocks);
    directory_close(&walk->buses);
    directory_close(&walk->bus_devices);
}
