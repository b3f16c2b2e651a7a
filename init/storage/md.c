#include "storage/md.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/major.h>
#include <linux/raid/md_u.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name/udev_name.h"
#include "system/directory.h"
#include "system/file.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define MDADM "/sbin/mdadm"
#define NAME_SIZE 64u

/* Arrays that are started while it is 1 are read-auto (Documentation/admin-guide/md.rst): a resume from them, or a look
 * at them, writes nothing. */
#define START_READ_ONLY "/sys/module/md_mod/parameters/start_ro"

struct array {
    const struct superblock *newest; /* of those that have come */
    const char *name;                /* for people */
    uint32_t present;                /* slots that have a member */
};

static bool is_wanted(const struct storage *storage)
{
    return !storage->options->no_md && storage_may_hold_wanted(storage, MDADM);
}

static uint64_t patience(const struct storage *storage)
{
    uint64_t seconds = storage->options->md_degraded;

    return seconds == BOOT_TIMEOUT_NEVER ? UINT64_MAX : seconds * SECOND;
}

/* Version 0.90 does not tell its members apart. */
static bool is_member(const struct block_device *device, const struct block_device *of)
{
    return device->superblock_read && device->superblock.type && !strcmp(device->superblock.type, of->superblock.type)
           && !strcmp(device->superblock.uuid, of->superblock.uuid);
}

static bool has_slot(const struct storage *storage, const struct block_device *of, uint32_t slot, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        if (is_member(storage->blocks->list[i], of) && storage->blocks->list[i]->superblock.array.slot == slot)
            return true;
    }
    return false;
}

/* Two disks that say with equal right to be the same member: one was copied, or is seen twice. NULL: none has another.
 */
static const struct block_device *find_twin(const struct storage *storage, const struct block_device *of)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct block_device *device = storage->blocks->list[i];

        if (device != of && is_member(device, of) && device->superblock.array.slot == of->superblock.array.slot
            && device->superblock.array.slot < of->superblock.array.slots
            && device->superblock.array.events == of->superblock.array.events)
            return device;
    }
    return NULL;
}

static bool has_twins(const struct storage *storage, const struct block_device *of)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        if (is_member(storage->blocks->list[i], of) && find_twin(storage, storage->blocks->list[i]))
            return true;
    }
    return false;
}

static struct array describe(const struct storage *storage, const struct block_device *of)
{
    struct array array = {.newest = &of->superblock};

    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct block_device *device = storage->blocks->list[i];

        if (!is_member(device, of))
            continue;
        if (device->superblock.array.events > array.newest->array.events)
            array.newest = &device->superblock;
        if (!has_slot(storage, of, device->superblock.array.slot, i))
            array.present += device->superblock.array.slot < of->superblock.array.slots;
    }
    array.name = *array.newest->label ? array.newest->label : array.newest->uuid;
    return array;
}

/* Of RAID 10, near copies that lie side by side: one of each group has to be there. Of other layouts, no less than the
 * number of different parts; the rest is for the kernel to refuse. */
static bool has_a_copy_of_each(const struct storage *storage, const struct block_device *of, uint32_t present)
{
    const struct superblock_array *array = &of->superblock.array;
    uint32_t near = array->layout & 0xff, far = array->layout >> 8 & 0xff;
    bool has_all = near > 0 && far > 0 && present >= (array->slots + near * far - 1) / (near * far);

    for (uint32_t first = 0; has_all && far == 1 && array->slots % near == 0 && first < array->slots; first += near) {
        has_all = false;
        for (uint32_t i = 0; i < near && !has_all; i++)
            has_all = has_slot(storage, of, first + i, storage->blocks->count);
    }
    return has_all;
}

/* True when all data is there. */
static bool is_enough(const struct storage *storage, const struct block_device *of, uint32_t present)
{
    const struct superblock_array *array = &of->superblock.array;

    switch (array->level) {
    case 1:
        return present >= 1;
    case 4:
    case 5:
        return present >= 1 && present + 1 >= array->slots;
    case 6:
        return present >= 1 && present + 2 >= array->slots;
    case 10:
        return has_a_copy_of_each(storage, of, present);
    default:
        return present >= array->slots;
    }
}

/* The array that the kernel has made of the device, perhaps not running yet: "md127". */
static bool find_array(const struct block_device *member, char name[NAME_SIZE])
{
    char path[BLOCK_DEVICE_PATH_SIZE + 32], device[BLOCK_DEVICE_PATH_SIZE];
    struct directory directory;
    const struct dirent *entry;
    bool is_found = false;

    (void)text_join(device, sizeof(device), member->path + strlen("/dev/"), NULL);
    for (char *c = device; (c = strchr(c, '/')) != NULL;)
        *c = '!'; /* as sysfs has it */
    if (text_join(path, sizeof(path), "/sys/class/block/", device, "/holders", NULL) < 0)
        return false;
    directory_open(&directory, AT_FDCWD, path);
    while (!is_found && (entry = directory_next(&directory)) != NULL)
        is_found = !strncmp(entry->d_name, "md", 2) && text_join(name, NAME_SIZE, entry->d_name, NULL) == 0;
    directory_close(&directory);
    return is_found;
}

/* The same for any member of the array. */
static bool find_array_of(const struct storage *storage, const struct block_device *of, char name[NAME_SIZE])
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        if (is_member(storage->blocks->list[i], of) && find_array(storage->blocks->list[i], name))
            return true;
    }
    return false;
}

static bool is_running(const char *name)
{
    char path[NAME_SIZE + 32], state[32];

    return text_join(path, sizeof(path), "/sys/block/", name, "/md/array_state", NULL) == 0
           && file_read_text(AT_FDCWD, path, state, sizeof(state)) > 0 && strcmp(state, "clear") != 0
           && strcmp(state, "inactive") != 0;
}

/* Its name is kept whatever host has made the array; what else there is to say of names says mdadm.conf. */
static void add_member(const struct storage *storage, struct block_device *device)
{
    char incremental[] = "--incremental", quiet[] = "--quiet", host[] = "--homehost=<ignore>",
         config[] = "--config=none";
    char program[] = MDADM;
    char *argv[] = {
        program, incremental, quiet, host, device->path, storage->options->no_md_config ? config : NULL, NULL};
    uint64_t start = timing_now();

    (void)process_run(argv); /* what has come of it, the kernel tells */
    timing_note("program", "mdadm", start);
}

static void start_array(const char *name)
{
    char path[NAME_SIZE + 8], run[] = "--run", quiet[] = "--quiet", program[] = MDADM;
    char *argv[] = {program, run, quiet, path, NULL};

    (void)text_join(path, sizeof(path), "/dev/", name, NULL);
    (void)process_run(argv);
}

/* That marks its members clean, too. What is mounted, or under another layer, is busy. */
static bool stop_array(const char *name)
{
    char path[NAME_SIZE + 8];
    int fd = -1, result = -1;

    if (text_join(path, sizeof(path), "/dev/", name, NULL) == 0)
        fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd >= 0) {
        result = ioctl(fd, STOP_ARRAY, NULL);
        close(fd);
    }
    return result == 0;
}

/* The slots that have no member: "1, 2". */
static void list_missing(const struct storage *storage, const struct block_device *of, char list[LOG_MESSAGE_SIZE / 4])
{
    size_t used = 0;
    char slot[DECIMAL_SIZE];

    *list = '\0';
    for (uint32_t i = 0; i < of->superblock.array.slots; i++) {
        if (has_slot(storage, of, i, storage->blocks->count))
            continue;
        if (text_join(list + used, LOG_MESSAGE_SIZE / 4 - used, used ? ", " : "", text_decimal(i, slot), NULL) < 0) {
            list[used] = '\0'; /* those named are enough to go on with */
            return;
        }
        used = strlen(list);
    }
}

static void say_degraded(const struct storage *storage, const struct block_device *of, const struct array *array)
{
    char missing[LOG_MESSAGE_SIZE / 4], slots[DECIMAL_SIZE];

    list_missing(storage, of, missing);
    log_warning("starting the md array ", array->name, " degraded: of its ",
        text_decimal(of->superblock.array.slots, slots), " members, counted from 0, there is no member ", missing);
}

static void make_link(const char *prefix, const char *id, const char *name)
{
    char target[NAME_SIZE + 8], path[256];

    if (text_join(target, sizeof(target), "../../", name, NULL) == 0
        && text_join(path, sizeof(path), "/dev/disk/by-id/", prefix, id, NULL) == 0)
        (void)symlink(target, path);
}

/* As 63-md-raid-arrays.rules has them: md-uuid-0a1b2c3d:... as mdadm writes it, md-name-HOST:NAME; and the name alone,
 * as it is called on the host that made it. */
static void make_links(const struct superblock *superblock, const char *name)
{
    char uuid[SUPERBLOCK_UUID_SIZE] = "", label[64];
    size_t digits = 0, used = 0;
    const char *colon = strchr(superblock->label, ':');

    for (const char *c = superblock->uuid; *c; c++) {
        if (*c == '-')
            continue;
        if (digits > 0 && digits % 8 == 0)
            uuid[used++] = ':';
        uuid[used++] = *c;
        digits++;
    }
    (void)mkdir("/dev/disk", 0755);
    (void)mkdir("/dev/disk/by-id", 0755);
    make_link("md-uuid-", uuid, name);
    if (!*superblock->label || text_join(label, sizeof(label), superblock->label, NULL) < 0)
        return;
    udev_name_replace(label, "");
    make_link("md-name-", label, name);
    if (colon)
        make_link("md-name-", label + (colon - superblock->label) + 1, name);
}

/* The words rd.md.uuid= name all arrays that may be assembled, with any separators or none. */
static bool is_same_uuid(const char *one, const char *other)
{
    for (;; one++, other++) {
        while (*one && !isxdigit((unsigned char)*one))
            one++;
        while (*other && !isxdigit((unsigned char)*other))
            other++;
        if (tolower((unsigned char)*one) != tolower((unsigned char)*other) || !*one)
            return *one == *other;
    }
}

static bool is_allowed(const struct storage *storage, const struct block_device *member)
{
    size_t position = 0;
    const char *uuid = cmdline_next(storage->cmdline, "rd.md.uuid", &position);
    bool is_named = !uuid;

    for (; uuid && !is_named; uuid = cmdline_next(storage->cmdline, "rd.md.uuid", &position))
        is_named = is_same_uuid(uuid, member->superblock.uuid);
    return is_named;
}

/* Hands mdadm the members that the kernel does not have yet. Returns true when the array runs, and its name. */
static bool hand_over(struct storage *storage, struct block_device *of, bool degraded, char name[NAME_SIZE])
{
    char own[NAME_SIZE];

    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];

        if (is_member(device, of) && !find_array(device, own))
            add_member(storage, device);
    }
    if (!find_array_of(storage, of, name))
        return false;
    if (!degraded || is_running(name))
        return is_running(name);
    start_array(name);
    if (is_running(name))
        return true;
    (void)stop_array(name); /* what could not be started takes no more members */
    return false;
}

static int assemble(struct storage *storage, struct block_device *member, bool degraded)
{
    struct array array = describe(storage, member);
    const struct superblock_array *newest = &array.newest->array;
    char name[NAME_SIZE];
    bool runs;

    if (!is_allowed(storage, member)) {
        log_info(member->path, " is a member of the md array ", array.name, ", which rd.md.uuid= does not name");
        return 1;
    }
    if (array.present < newest->working && !(degraded && is_enough(storage, member, array.present)))
        return 0;
    if (has_twins(storage, member))
        return 0;
    if (array.present < newest->working)
        say_degraded(storage, member, &array);
    (void)file_write_text(START_READ_ONLY, "1");
    runs = hand_over(storage, member, degraded, name);
    (void)file_write_text(START_READ_ONLY, "0");
    if (!runs)
        return degraded ? -EIO : 0;
    make_links(array.newest, name);
    log_info("the md array ", array.name, " is /dev/", name);
    return 1;
}

static void explain(struct storage *storage, struct block_device *member, char sentence[LOG_MESSAGE_SIZE])
{
    struct array array = describe(storage, member);
    char present[DECIMAL_SIZE], slots[DECIMAL_SIZE], missing[LOG_MESSAGE_SIZE / 4];
    bool is_forbidden = storage->options->md_degraded == BOOT_TIMEOUT_NEVER;
    const struct block_device *twin = find_twin(storage, member);

    if (twin) {
        (void)text_join(sentence, LOG_MESSAGE_SIZE, "it and ", twin->path, " are the same member of the md array ",
            array.name, ": detach one of them", NULL);
        return;
    }
    if (array.present >= array.newest->array.working) {
        (void)text_join(sentence, LOG_MESSAGE_SIZE, "all members of the md array ", array.name,
            " have come, but it could not be started: the lines above tell why", NULL);
        return;
    }
    list_missing(storage, member, missing);
    (void)text_join(sentence, LOG_MESSAGE_SIZE, "only ", text_decimal(array.present, present), " of ",
        text_decimal(member->superblock.array.slots, slots), " members of the md array ", array.name,
        " have come, without member ", missing, ", counted from 0",
        is_forbidden && is_enough(storage, member, array.present) ? ": rd.md.degraded=never keeps it from starting"
                                                                  : "",
        NULL);
}

static unsigned take_down(void)
{
    struct directory directory;
    const struct dirent *entry;
    unsigned taken = 0;

    directory_open(&directory, AT_FDCWD, "/sys/block");
    while ((entry = directory_next(&directory)) != NULL) {
        if (!strncmp(entry->d_name, "md", 2) && is_running(entry->d_name) && stop_array(entry->d_name)) {
            log_info("the md array ", entry->d_name, " is stopped");
            taken++;
        }
    }
    directory_close(&directory);
    return taken;
}

/* Which level an array has, the kernel asks for by itself: md-level-5. */
const struct assembler md_assembler = {.type = "linux_raid_member",
    .module = "md_mod",
    .program = MDADM,
    .patience = patience,
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain,
    .take_down = take_down};
