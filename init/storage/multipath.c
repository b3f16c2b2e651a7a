#include "storage/multipath.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "name/mapped_device.h"
#include "storage/device_mapper.h"
#include "storage/multipath_settings.h"
#include "system/directory.h"
#include "system/file.h"
#include "system/sysfs.h"
#include "system/text.h"
#include "system/waits.h"

#define SETTINGS "/etc/multipath/"
#define CONFIG "/etc/multipath.conf"
#define SECTOR_SIZE 512u
#define PARAMETERS_SIZE 4096u

/* Of the disk that it is or lies on; "" where it is no SCSI disk's, or of a bus on which no second path leads to it. */
static void read_wwid(const struct block_device *device, char wwid[SCSI_ID_SIZE])
{
    const char *disk = block_device_disk(device) + strlen("/dev/");
    char directory[SYSFS_PATH_SIZE];
    int sysfs;

    *wwid = '\0';
    if (strncmp(disk, "sd", 2) != 0)
        return;
    sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    /* .../2:0:0:0/block/sda */
    if (!sysfs_find(sysfs, "class/block", disk, directory) || !sysfs_ascend(directory) || !sysfs_ascend(directory)
        || strstr(directory, "/usb") || strstr(directory, "/ata") || !scsi_id_find(sysfs, directory, wwid))
        *wwid = '\0';
    if (sysfs >= 0)
        close(sysfs);
}

/* Where the image has this system's own list, no other disk counts. */
static bool is_listed(const struct storage *storage, const char *wwid, bool *has_list)
{
    static char *list;
    static bool was_read;
    size_t position = 0;
    const char *word;

    if (!was_read)
        list = file_copy(SETTINGS "wwids");
    was_read = true;
    while ((word = cmdline_next(storage->cmdline, "mpath.wwid", &position)) != NULL) {
        if (!strcmp(word, wwid))
            return true;
    }
    *has_list = list != NULL;
    return list && multipath_is_listed(list, wwid);
}

/* A device that came: the first that shows that another disk is the same. A World Wide Name only one disk has; other
 * ids are made of serial numbers, which clones share. */
static void recognise(const struct storage *storage, struct block_device *device)
{
    bool has_list = false;

    read_wwid(device, device->wwid);
    device->wwid_read = true;
    if (!*device->wwid)
        return;
    device->is_path = is_listed(storage, device->wwid, &has_list);
    for (size_t i = 0; !has_list && *device->wwid == SCSI_ID_WORLD_WIDE && i < storage->blocks->count; i++) {
        struct block_device *other = storage->blocks->list[i];

        if (!other->wwid_read || strcmp(other->wwid, device->wwid) != 0)
            continue;
        if (other->is_path || strcmp(block_device_disk(other), block_device_disk(device)) != 0)
            other->is_path = device->is_path = true;
    }
}

static void recognise_all(const struct storage *storage)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        if (!storage->blocks->list[i]->wwid_read)
            recognise(storage, storage->blocks->list[i]);
    }
}

static bool claims(const struct storage *storage, struct block_device *device)
{
    if (!storage->options->multipath)
        return false;
    recognise_all(storage);
    return device->is_path;
}

static bool is_wanted(const struct storage *storage)
{
    size_t i = 0;

    if (!storage->wanted || !storage->options->multipath)
        return false;
    recognise_all(storage);
    while (i < storage->blocks->count && !storage->blocks->list[i]->is_path)
        i++;
    return i < storage->blocks->count;
}

static bool is_path_of(const struct block_device *device, const char *wwid)
{
    return device->is_path && device->partition_number == 0 && !strcmp(device->wwid, wwid);
}

static size_t count_paths(const struct storage *storage, const char *wwid)
{
    size_t count = 0;

    for (size_t i = 0; i < storage->blocks->count; i++)
        count += is_path_of(storage->blocks->list[i], wwid);
    return count;
}

/* Paths of one bus come together; a disk that has but one yet is waited for a little. */
static uint64_t patience(const struct storage *storage)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct block_device *device = storage->blocks->list[i];

        if (device->is_path && !device->is_assembled && count_paths(storage, device->wwid) < 2)
            return WAIT_QUIET_SECONDS * SECOND;
    }
    return WAIT_LUKS;
}

static int add_text(char *text, size_t size, const char *more, const char *and)
{
    size_t length = strlen(text);

    return text_join(text + length, size - length, more, and, NULL);
}

/* The kernel's table (drivers/md/dm-mpath.c): no features, no handler but what the disk has, so many groups, the first
 * of them first; each group a selector without arguments and one path with one argument. */
static int make_map(const struct storage *storage, const struct block_device *device, const char *name)
{
    char parameters[PARAMETERS_SIZE] = "0 0 ", groups[PARAMETERS_SIZE] = "", uuid[DEVICE_MAPPER_UUID_SIZE];
    char number[DECIMAL_SIZE], path_number[DEVICE_NUMBER_SIZE], wwid[SCSI_ID_SIZE];
    const struct mapped_target target = {
        .size = device->size / SECTOR_SIZE, .type = "multipath", .parameters = parameters};
    unsigned count = 0;
    int result = 0;

    for (size_t i = 0; result == 0 && i < storage->blocks->count; i++) {
        const struct block_device *path = storage->blocks->list[i];

        if (!is_path_of(path, device->wwid))
            continue;
        read_wwid(path, wwid); /* what the disk is now: a number may have come to be another's */
        if (strcmp(wwid, path->wwid) != 0)
            continue;
        count++;
        result =
            add_text(groups, sizeof(groups), " service-time 0 1 1 ", text_device_number(path->number, path_number));
        if (result == 0)
            result = add_text(groups, sizeof(groups), " 1", "");
    }
    if (result == 0)
        result = add_text(parameters, sizeof(parameters), text_decimal(count, number), " 1");
    if (result == 0)
        result = add_text(parameters, sizeof(parameters), groups, "");
    if (result == 0)
        result = text_join(uuid, sizeof(uuid), "mpath-", device->wwid, NULL);
    return result == 0 ? device_mapper_create(name, uuid, false, &target, 1) : result;
}

static bool read_number(int sysfs, const char *directory, const char *attribute, uint64_t *number)
{
    char value[SYSFS_VALUE_SIZE];

    return sysfs_read(sysfs, directory, attribute, value) && text_to_number(value, number) == 0;
}

/* One partition as the kernel has found it on a path, as kpartx -p -part names it. */
static int make_partition(
    int sysfs, const char *directory, const struct block_device *device, const char *name, const char *map)
{
    char start_text[DECIMAL_SIZE], number_text[DECIMAL_SIZE], parameters[2 * DECIMAL_SIZE + 16];
    char part[MAPPED_NAME_SIZE], uuid[DEVICE_MAPPER_UUID_SIZE];
    struct mapped_target target = {.type = "linear", .parameters = parameters};
    uint64_t number, start;
    int result;

    if (!read_number(sysfs, directory, "partition", &number) || !read_number(sysfs, directory, "start", &start)
        || !read_number(sysfs, directory, "size", &target.size))
        return 0;
    text_decimal(number, number_text);
    result = text_join(parameters, sizeof(parameters), map, " ", text_decimal(start, start_text), NULL);
    if (result == 0)
        result = text_join(part, sizeof(part), name, "-part", number_text, NULL);
    if (result == 0)
        result = text_join(uuid, sizeof(uuid), "part", number_text, "-mpath-", device->wwid, NULL);
    return result == 0 ? device_mapper_create(part, uuid, false, &target, 1) : result;
}

/* The kernel looks for no partitions on mapped devices. Those of another path are there already, unless that could not
 * be read. */
static int make_partitions(const struct block_device *path, const char *name)
{
    char map[DEVICE_NUMBER_SIZE];
    char disk[SYSFS_PATH_SIZE], partition[SYSFS_PATH_SIZE];
    int sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC), result = 0;
    struct directory directory;
    const struct dirent *entry;

    text_device_number(device_mapper_number(name), map);
    if (sysfs_find(sysfs, "class/block", path->path + strlen("/dev/"), disk))
        directory_open(&directory, sysfs, disk);
    else
        directory_begin(&directory, -1);
    while (result == 0 && (entry = directory_next(&directory)) != NULL) {
        if (text_join(partition, sizeof(partition), disk, "/", entry->d_name, NULL) == 0)
            result = make_partition(sysfs, partition, path, name, map);
        result = result == -EBUSY ? 0 : result;
    }
    directory_close(&directory);
    if (sysfs >= 0)
        close(sysfs);
    return result;
}

static int make(const struct storage *storage, const struct block_device *device)
{
    char *config = file_copy(CONFIG), *bindings = file_copy(SETTINGS "bindings");
    char name[MAPPED_NAME_SIZE];
    int result = multipath_name(config, bindings, device->wwid, name, sizeof(name));

    free(config);
    free(bindings);
    if (result < 0 || device_mapper_is_active(name))
        return result;
    if (count_paths(storage, device->wwid) < 2)
        log_warning("only one path to the multipath device ", name, " has come: ", device->path);
    result = make_map(storage, device, name);
    for (size_t i = 0; result == 0 && i < storage->blocks->count; i++) {
        if (is_path_of(storage->blocks->list[i], device->wwid))
            result = make_partitions(storage->blocks->list[i], name);
    }
    if (result == 0)
        log_info(device->path, " is a path to the multipath device ", name, ", which is used instead");
    return result;
}

/* What lies on a path lies on the device that it leads to: nobody else is to see it twice. */
static int assemble(struct storage *storage, struct block_device *device, bool degraded)
{
    int result;

    device->superblock = (struct superblock){0};
    device->partly_read = false;
    device->read_error = 0;
    if (device->partition_number > 0)
        return 1;
    if (!degraded)
        return 0;
    result = make(storage, device);
    if (result < 0)
        log_error("the kernel makes no multipath device of ", device->path, ": ", strerror(-result),
            ": kindling build -f multipath");
    return 1;
}

static struct block_device *stand_in(const struct storage *storage, struct block_device *device)
{
    char number[DECIMAL_SIZE], uuid[DEVICE_MAPPER_UUID_SIZE], directory[SYSFS_PATH_SIZE];
    const char *part = device->partition_number > 0 ? "part" : "";
    struct block_device *found = NULL;
    struct mapped_device mapped;
    int sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);

    text_decimal(device->partition_number, number);
    if (text_join(uuid, sizeof(uuid), part, *part ? number : "", *part ? "-" : "", "mpath-", device->wwid, NULL) < 0)
        *uuid = '\0';
    for (size_t i = 0; *uuid && !found && i < storage->blocks->count; i++) {
        struct block_device *other = storage->blocks->list[i];
        const char *name = other->path + strlen("/dev/");

        if (mapped_device_is(name) && sysfs_find(sysfs, "class/block", name, directory)
            && mapped_device_read(sysfs, directory, &mapped) && !strcmp(mapped.uuid, uuid) && mapped.is_ready)
            found = other;
    }
    if (sysfs >= 0)
        close(sysfs);
    return found;
}

static void explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    (void)storage;
    (void)text_join(sentence, LOG_MESSAGE_SIZE, "it is a path to the disk ", device->wwid,
        ", of which no multipath device was made", NULL);
}

const struct assembler multipath_assembler = {.type = "",
    .links = "dm-",
    .module = "dm_multipath",
    .patience = patience,
    .claims = claims,
    .stand_in = stand_in,
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain,
    .take_down = device_mapper_take_down};
