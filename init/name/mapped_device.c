#include "name/mapped_device.h"

#include <string.h>

#include "system/text.h"

/* A logical volume's uuid: those of its group and its own. A layer inside of it has a suffix (dm_build_dm_uuid). */
#define LVM_UUID "LVM-"
#define LVM_UUID_LENGTH (sizeof(LVM_UUID) - 1 + 2 * 32u)

#define DMRAID_UUID "DMRAID-"

bool mapped_device_is(const char *name)
{
    return !strncmp(name, "dm-", strlen("dm-"));
}

/* "GROUP-VOLUME", where a '-' of theirs is doubled (dm_split_lvm_name). */
void mapped_device_split_volume(const char *name, char volume[MAPPED_VOLUME_SIZE])
{
    unsigned parts = 1;
    char *out = volume;

    for (; *name; name++) {
        *out++ = *name;
        if (*name != '-')
            continue;
        if (name[1] == '-') {
            name++;
            continue;
        }
        out[-1] = '/';
        parts++;
    }
    *out = '\0';
    if (parts != 2)
        *volume = '\0';
}

/* Names that lvm keeps for itself (lvm(8)). */
static bool has_part_name(const char *name)
{
    static const char *const parts[] = {"_rimage", "_rmeta", "_mimage", "_mlog", "_cdata", "_cmeta", "_cvol", "_corig",
        "_wcorig", "_pmspare", "_tdata", "_tmeta", "_vdata", "_vorigin", "_imeta", "_iorig"};
    size_t i = 0;

    while (i < sizeof(parts) / sizeof(parts[0]) && !strstr(name, parts[i]))
        i++;
    return i < sizeof(parts) / sizeof(parts[0]);
}

/* dmraid makes a mirror of stripes of two sets, "SET-0" and "SET-1", with what lies on the mirror. */
static bool is_subset(const char *uuid)
{
    size_t length = strlen(uuid);

    return length > 2 && uuid[length - 2] == '-' && uuid[length - 1] >= '0' && uuid[length - 1] <= '9';
}

static bool copy_attribute(int sysfs, const char *directory, const char *attribute, char *text, size_t size)
{
    char value[SYSFS_VALUE_SIZE];

    return sysfs_read(sysfs, directory, attribute, value) && text_join(text, size, value, NULL) == 0;
}

bool mapped_device_read(int sysfs, const char *directory, struct mapped_device *device)
{
    char size[SYSFS_VALUE_SIZE], suspended[SYSFS_VALUE_SIZE];

    *device = (struct mapped_device){0};
    if (!copy_attribute(sysfs, directory, "dm/name", device->name, sizeof(device->name)))
        return false;
    if (!copy_attribute(sysfs, directory, "dm/uuid", device->uuid, sizeof(device->uuid)))
        *device->uuid = '\0';
    if (!strncmp(device->uuid, LVM_UUID, strlen(LVM_UUID))) {
        mapped_device_split_volume(device->name, device->volume);
        device->is_part = strlen(device->uuid) != LVM_UUID_LENGTH || !*device->volume || has_part_name(device->name);
    }
    if (!strncmp(device->uuid, DMRAID_UUID, strlen(DMRAID_UUID)))
        device->is_part = is_subset(device->uuid);
    if (device->is_part)
        *device->volume = '\0';
    device->is_ready = sysfs_read(sysfs, directory, "size", size) && strcmp(size, "0") != 0
                       && sysfs_read(sysfs, directory, "dm/suspended", suspended) && !strcmp(suspended, "0");
    return true;
}
