#include "device/probing.h"

#include <fcntl.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "system/directory.h"
#include "system/sysfs.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define USB_DEVICES "/sys/bus/usb/devices"
#define CARD_HOSTS "/sys/class/mmc_host"
#define CARDS "/sys/bus/mmc/devices"

static bool is(int devices, const char *name, const char *attribute, const char *expected)
{
    char value[SYSFS_VALUE_SIZE];

    return sysfs_read(devices, name, attribute, value) && !strcmp(value, expected);
}

/* True when some entry of the directory passes. */
static bool any(const char *path, bool (*test)(int directory, const char *name))
{
    struct directory directory;
    const struct dirent *entry;
    bool found = false;

    directory_open(&directory, AT_FDCWD, path);
    while (!found && (entry = directory_next(&directory)) != NULL)
        found = test(directory.fd, entry->d_name);
    directory_close(&directory);
    return found;
}

static bool is_hub(int devices, const char *name)
{
    return is(devices, name, "bDeviceClass", "09");
}

bool probing_has_hubs(void)
{
    return any(USB_DEVICES, is_hub);
}

/* The kernel locks a hub while it enumerates what is behind it, and reading this attribute waits for the lock. */
static bool await_hub(int devices, const char *name)
{
    if (is_hub(devices, name))
        (void)is(devices, name, "bNumInterfaces", "");
    return false;
}

void probing_await_hubs(void)
{
    (void)any(USB_DEVICES, await_hub);
}

/* Devices are called "1-2", "1-2.3"; interfaces have a colon. */
static bool is_usb_device(int devices, const char *name)
{
    (void)devices;
    return *name >= '0' && *name <= '9' && !strchr(name, ':');
}

static bool is_suspended(int devices, const char *name)
{
    return is(devices, name, "power/runtime_status", "suspended");
}

static bool has_yet_to_look(int devices, const char *name)
{
    char path[SYSFS_PATH_SIZE];

    return is_hub(devices, name) && !is_suspended(devices, name)
           && text_join(path, sizeof(path), USB_DEVICES "/", name, NULL) == 0 && !any(path, is_usb_device);
}

/* "mmc0" has its card beside its attributes, as "mmc0:aaaa". */
static bool is_card(int host, const char *name)
{
    (void)host;
    return strchr(name, ':') != NULL;
}

static bool is_empty_card_host(int hosts, const char *name)
{
    char path[SYSFS_PATH_SIZE];

    return !is_suspended(hosts, name) && text_join(path, sizeof(path), CARD_HOSTS "/", name, NULL) == 0
           && !any(path, is_card);
}

static bool is_known(const struct block_devices *known, const char *name)
{
    size_t i = 0;

    while (i < known->count && strcmp(known->list[i]->path + strlen("/dev/"), name) != 0)
        i++;
    return i < known->count;
}

/* True when block devices lie below the device of that name, and the kernel has told of each. It shows a disk before
 * it looks for partitions, and tells of it after that. */
static bool has_disk(const struct block_devices *known, const char *name)
{
    char part[SYSFS_PATH_SIZE], link[SYSFS_PATH_SIZE];
    struct directory blocks;
    const struct dirent *entry;
    bool found = false, is_new = false;

    directory_open(&blocks, AT_FDCWD, "/sys/class/block");
    (void)text_join(part, sizeof(part), "/", name, "/", NULL);
    while (!is_new && (entry = directory_next(&blocks)) != NULL) {
        ssize_t length = readlinkat(blocks.fd, entry->d_name, link, sizeof(link) - 1);

        link[length < 0 ? 0 : length] = '\0';
        if (!strstr(link, part))
            continue;
        found = true;
        is_new = !is_known(known, entry->d_name);
    }
    directory_close(&blocks);
    return found && !is_new;
}

/* Mass storage, bulk-only or UAS. */
static bool is_usb_storage(int devices, const char *name)
{
    return is(devices, name, "bInterfaceClass", "08")
           && (is(devices, name, "bInterfaceProtocol", "50") || is(devices, name, "bInterfaceProtocol", "62"));
}

static bool is_disk_card(int devices, const char *name)
{
    return is(devices, name, "type", "SD") || is(devices, name, "type", "MMC");
}

/* The kernel shows a device a moment before it tells of it, and so a driver may be on its way; or there is none. */
static bool is_usb_storage_without_driver(int devices, const char *name)
{
    return is_usb_storage(devices, name) && !sysfs_has_driver(devices, name);
}

static bool is_card_without_driver(int devices, const char *name)
{
    return is_disk_card(devices, name) && !sysfs_has_driver(devices, name);
}

/* usb-storage waits a second (delay_use) before it asks for disks. */
static bool has_disk_to_come(
    const struct block_devices *known, const char *path, bool (*is_storage)(int directory, const char *name))
{
    struct directory directory;
    const struct dirent *entry;
    bool found = false;

    directory_open(&directory, AT_FDCWD, path);
    while (!found && (entry = directory_next(&directory)) != NULL)
        found = is_storage(directory.fd, entry->d_name) && sysfs_has_driver(directory.fd, entry->d_name)
                && !has_disk(known, entry->d_name);
    directory_close(&directory);
    return found;
}

uint64_t probing_look(const struct block_devices *known, uint64_t since)
{
    uint64_t age = timing_now() - since;

    if (age < WAIT_HUB_LOOKS * WAIT_HUB_LOOK
        && (any(USB_DEVICES, has_yet_to_look) || any(CARD_HOSTS, is_empty_card_host)
            || any(USB_DEVICES, is_usb_storage_without_driver) || any(CARDS, is_card_without_driver)))
        return since + (age / WAIT_HUB_LOOK + 1) * WAIT_HUB_LOOK;
    if (has_disk_to_come(known, USB_DEVICES, is_usb_storage) || has_disk_to_come(known, CARDS, is_disk_card))
        return UINT64_MAX;
    return 0;
}
