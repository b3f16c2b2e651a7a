#include "storage/device_mapper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "name/mapped_device.h"
#include "system/directory.h"
#include "system/log.h"
#include "system/text.h"

#define CONTROL "/dev/mapper/control"
#define ALIGNMENT 8u /* of a target's specification and parameters (linux/dm-ioctl.h) */

/* Returns 0 or -errno. */
static int call(unsigned long request, struct dm_ioctl *ioctl_header)
{
    int control = open(CONTROL, O_RDWR | O_CLOEXEC);
    int result;

    if (control < 0)
        return -errno;
    result = ioctl(control, request, ioctl_header) < 0 ? -errno : 0;
    close(control);
    return result;
}

static struct dm_ioctl header_of(const char *name, size_t size)
{
    struct dm_ioctl header = {
        .version = {DM_VERSION_MAJOR, 0, 0}, .data_size = (uint32_t)size, .data_start = sizeof(struct dm_ioctl)};

    (void)text_join(header.name, sizeof(header.name), name, NULL);
    return header;
}

static size_t specification_size(const struct mapped_target *target)
{
    size_t size = sizeof(struct dm_target_spec) + strlen(target->parameters) + 1;

    return (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static int load_table(const char *name, bool read_only, const struct mapped_target *targets, size_t count)
{
    size_t size = sizeof(struct dm_ioctl);
    struct dm_ioctl *header;
    char *at;
    int result;

    for (size_t i = 0; i < count; i++)
        size += specification_size(&targets[i]);
    header = calloc(1, size);
    if (!header)
        return -ENOMEM;
    *header = header_of(name, size);
    header->target_count = (uint32_t)count;
    header->flags = read_only ? DM_READONLY_FLAG : 0;
    at = (char *)(header + 1);
    for (size_t i = 0; i < count; i++) {
        struct dm_target_spec *specification = (struct dm_target_spec *)at;

        specification->sector_start = targets[i].start;
        specification->length = targets[i].size;
        specification->next = (uint32_t)specification_size(&targets[i]);
        (void)text_join(specification->target_type, sizeof(specification->target_type), targets[i].type, NULL);
        memcpy(specification + 1, targets[i].parameters, strlen(targets[i].parameters));
        at += specification->next;
    }
    result = call(DM_TABLE_LOAD, header);
    free(header);
    return result;
}

int device_mapper_remove(const char *name)
{
    struct dm_ioctl header = header_of(name, sizeof(header));

    return call(DM_DEV_REMOVE, &header);
}

int device_mapper_create(
    const char *name, const char *uuid, bool read_only, const struct mapped_target *targets, size_t count)
{
    struct dm_ioctl header = header_of(name, sizeof(header));
    int result;

    (void)text_join(header.uuid, sizeof(header.uuid), uuid, NULL);
    result = call(DM_DEV_CREATE, &header);
    if (result < 0)
        return result;
    result = load_table(name, read_only, targets, count);
    if (result == 0) {
        header = header_of(name, sizeof(header)); /* without DM_SUSPEND_FLAG it resumes */
        result = call(DM_DEV_SUSPEND, &header);
    }
    if (result < 0)
        (void)device_mapper_remove(name);
    return result;
}

bool device_mapper_is_active(const char *name)
{
    struct dm_ioctl header = header_of(name, sizeof(header));

    return call(DM_DEV_STATUS, &header) == 0 && (header.flags & DM_ACTIVE_PRESENT_FLAG)
           && !(header.flags & DM_SUSPEND_FLAG);
}

dev_t device_mapper_number(const char *name)
{
    struct dm_ioctl header = header_of(name, sizeof(header));

    return call(DM_DEV_STATUS, &header) == 0 ? (dev_t)header.dev : 0;
}

int device_mapper_create_checked(
    const char *name, const char *uuid, bool read_only, const struct mapped_target *targets, size_t count)
{
    struct block_device made = {0};
    char number[DECIMAL_SIZE];
    int result = device_mapper_create(name, uuid, read_only, targets, count);

    if (result < 0)
        return result;
    made.number = device_mapper_number(name);
    (void)text_join(made.path, sizeof(made.path), "/dev/dm-", text_decimal(minor(made.number), number), NULL);
    block_device_read_superblock(&made);
    if (made.partly_read)
        result = -EIO;
    else if (made.read_error != -EINVAL) /* two file systems are none of our business */
        result = made.read_error;
    if (result < 0)
        (void)device_mapper_remove(name);
    return result;
}

bool device_mapper_is_snapshot(dev_t number)
{
    struct {
        struct dm_ioctl header;
        struct dm_target_spec first;
        char rest[1024];
    } status = {.header = header_of("", sizeof(status))};

    status.header.dev = number;
    return call(DM_TABLE_STATUS, &status.header) == 0 && status.header.target_count > 0
           && !strcmp(status.first.target_type, "snapshot");
}

unsigned device_mapper_take_down(void)
{
    int sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char path[SYSFS_PATH_SIZE];
    struct mapped_device mapped;
    struct directory directory;
    const struct dirent *entry;
    unsigned taken = 0;

    directory_open(&directory, sysfs, "block");
    while ((entry = directory_next(&directory)) != NULL) {
        if (!mapped_device_is(entry->d_name)
            || text_join(path, sizeof(path), "devices/virtual/block/", entry->d_name, NULL) < 0
            || !mapped_device_read(sysfs, path, &mapped) || device_mapper_remove(mapped.name) < 0)
            continue;
        log_info("the mapped device ", mapped.name, " is removed");
        taken++;
    }
    directory_close(&directory);
    if (sysfs >= 0)
        close(sysfs);
    return taken;
}
