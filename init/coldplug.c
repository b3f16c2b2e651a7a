#include "coldplug.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "text.h"

int coldplug_open(struct coldplug *walk)
{
    walk->bus_devices = NULL;
    walk->blocks = opendir("/sys/class/block");
    walk->buses = opendir("/sys/bus");
    return walk->buses ? 0 : -errno;
}

static const char *next_name(DIR *directory)
{
    const struct dirent *entry;

    do
        entry = readdir(directory);
    while (entry && entry->d_name[0] == '.');
    return entry ? entry->d_name : NULL;
}

static bool read_block(struct coldplug *walk, const char *name, struct uevent *event)
{
    int directory = dirfd(walk->blocks);
    char path[512];
    ssize_t length;

    /* The link's end is the same as the device path's. */
    length = readlinkat(directory, name, walk->devpath, sizeof(walk->devpath) - 1);
    if (length < 0 || text_join(path, sizeof(path), name, "/uevent", NULL) < 0)
        return false;
    walk->devpath[length] = '\0';
    length = file_read_text(directory, path, walk->text, sizeof(walk->text));
    if (length < 0)
        return false;
    uevent_parse_text(walk->text, (size_t)length + 1, event);
    event->action = "add";
    event->devpath = walk->devpath;
    event->subsystem = "block";
    return true;
}

static bool next_block(struct coldplug *walk, struct uevent *event)
{
    const char *name;

    while (walk->blocks && (name = next_name(walk->blocks)) != NULL) {
        if (read_block(walk, name, event))
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
    length = file_read_text(dirfd(walk->bus_devices), path, walk->text, sizeof(walk->text));
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
static bool is_barren(const char *bus)
{
    static const char *const names[] = {"clockevents", "clocksource", "container", "cpu", "event_source",
        "machinecheck", "memory", "memory_tiering", "node", "pnp", "serio", "workqueue"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (!strcmp(bus, names[i]))
            return true;
    }
    return false;
}

/* Goes on to the next bus. False when there is none. */
static bool next_bus(struct coldplug *walk)
{
    char path[512];
    const char *name = next_name(walk->buses);

    if (!name)
        return false;
    if (is_barren(name))
        return true;
    if (text_join(walk->bus, sizeof(walk->bus), name, NULL) < 0)
        return true;
    if (text_join(path, sizeof(path), "/sys/bus/", name, "/devices", NULL) == 0)
        walk->bus_devices = opendir(path);
    return true;
}

static bool next_bus_device(struct coldplug *walk, struct uevent *event)
{
    while (walk->bus_devices || next_bus(walk)) {
        const char *name;

        while (walk->bus_devices && (name = next_name(walk->bus_devices)) != NULL) {
            if (read_modalias(walk, name, event))
                return true;
        }
        if (walk->bus_devices)
            closedir(walk->bus_devices);
        walk->bus_devices = NULL;
    }
    return false;
}

bool coldplug_next(struct coldplug *walk, struct uevent *event)
{
    return next_block(walk, event) || next_bus_device(walk, event);
}

void coldplug_close(struct coldplug *walk)
{
    if (walk->blocks)
        closedir(walk->blocks);
    if (walk->bus_devices)
        closedir(walk->bus_devices);
    closedir(walk->buses);
}
