#include "device/block_device_match.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "device/block_device_read.h"
#include "name/device_links.h"
#include "name/mapped_device.h"
#include "system/text.h"

/* Whichever of the two claims is true: that is for the command line to say, once the device was found. */
static bool claims_match(const struct block_device *device, const struct device_ref *ref)
{
    struct block_device claimed = *device;
    struct device_identity identity = {.superblock = &claimed.superblock};
    bool matches = false;

    for (unsigned i = 0; i < 2 && !matches; i++) {
        block_device_read_superblock_as(&claimed, device->superblock.claims[i]);
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
        const char *disk = block_device_disk(device);

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

bool block_device_is_called(struct block_device *device, const char *spec)
{
    struct device_ref ref;

    return *spec && device_ref_parse(spec, &ref) == 0 && block_device_matches(device, &ref);
}

struct block_device *block_devices_find_called(const struct block_devices *blocks, const char *spec)
{
    struct device_ref ref;

    if (!*spec || device_ref_parse(spec, &ref) < 0)
        return NULL;
    for (size_t i = 0; i < blocks->count; i++) {
        if (block_device_matches(blocks->list[i], &ref))
            return blocks->list[i];
    }
    return NULL;
}
