/*
 * The medium: a device that the command line names, or the first that holds what is looked for. It may be a file in the
 * file system of another device, as on a stick with many of them.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "root/device_find.h"
#include "root/live.h"
#include "root/mount_device.h"
#include "root/report.h"
#include "root/wait.h"
#include "system/directory.h"
#include "system/failure.h"
#include "system/file.h"
#include "system/log.h"
#include "system/sysfs.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define PROBE "/run/initramfs/probe"

/* A drive tells of a disc that is put in only when it is asked; udev's rules set the same. */
#define POLL_INTERVAL "/sys/module/block/parameters/events_dfl_poll_msecs"

/* What is looked for on it: a file, or images. */
static bool holds_it(const struct live_words *words, const char *directory)
{
    int medium = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct live_images images = {0};
    bool holds;
    int result;

    if (medium < 0)
        return false;
    if (*words->file) {
        holds = faccessat(medium, words->file + strspn(words->file, "/"), F_OK, 0) == 0;
    } else {
        result = live_images_list(words, medium, &images);
        holds = result == 0 || result == -EMLINK;
    }
    live_images_free(&images);
    close(medium);
    return holds;
}

/* blkid(8)'s name for it is not the kernel's, of which ntfs is an older driver, or none. */
static const char *driver_of(const struct block_device *device)
{
    const char *type = device->superblock.type;

    return type && !strcmp(type, "ntfs") ? "ntfs3" : type;
}

/* Whose journal is replayed and whose log is written also by a mount that is read-only. */
static void leave_untouched(const char *type, struct mount_options *options)
{
    if (!strncmp(type, "ext", 3) || !strcmp(type, "xfs") || !strcmp(type, "btrfs"))
        (void)mount_options_parse("norecovery", options);
}

int live_mount_untouched(struct boot *boot, struct block_device *device, const char *target)
{
    struct mount_task task = {.boot = boot, .device = device, .target = target, .options = {.flags = MS_RDONLY}};
    const char *type = driver_of(device);

    leave_untouched(type, &task.options);
    return mount_device_as(&task, type);
}

bool live_is_removable(const struct block_device *device, enum live_removable kind)
{
    const char *disk = block_device_disk(device);
    int sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char directory[SYSFS_PATH_SIZE], value[SYSFS_VALUE_SIZE];
    bool is = sysfs >= 0 && sysfs_find(sysfs, "class/block", disk + strlen("/dev/"), directory)
              && (strstr(directory, "/usb")
                  || (kind == LIVE_REMOVABLE && sysfs_read(sysfs, directory, "removable", value) && *value == '1'));

    if (sysfs >= 0)
        close(sysfs);
    return is;
}

static bool probe(struct boot *boot, struct block_device *device)
{
    bool holds;

    block_device_read_superblock(device);
    if (device->read_error < 0 || device->superblock.usage != SUPERBLOCK_FILESYSTEM)
        return false;
    if (boot->live.removable != LIVE_ANY_DISK && !live_is_removable(device, boot->live.removable))
        return false;
    if (live_mount_untouched(boot, device, PROBE) < 0)
        return false;
    holds = holds_it(&boot->live, PROBE);
    (void)umount2(PROBE, 0);
    return holds;
}

/* The device that holds it, and another one that does. */
struct search {
    struct block_device *first, *rival;
};

/* A hybrid ISO image on a stick shows on the disk and on its first partition: one medium. */
static bool is_same(const struct block_device *one, const struct block_device *other)
{
    return !strcmp(one->disk, other->path) || !strcmp(other->disk, one->path);
}

static void search_all(struct boot *boot, struct search *search)
{
    struct block_devices *blocks = &boot->devices.blocks;

    *search = (struct search){0};
    for (size_t i = 0; i < blocks->count; i++) {
        struct block_device *device = blocks->list[i];

        if (!device->was_searched)
            device->holds_medium = probe(boot, device);
        device->was_searched = true;
        if (!device->holds_medium)
            continue;
        /* A disk that is mounted as a whole would keep its other partitions, a persistence, from being mounted. */
        if (!search->first || (is_same(search->first, device) && *device->disk))
            search->first = device;
        else if (!is_same(search->first, device))
            search->rival = device;
    }
}

static int look(struct boot *boot, void *context)
{
    struct search *search = context;
    int result;

    search_all(boot, search);
    if (!search->first)
        return 0;
    result = devices_settle(&boot->devices, timing_now() + WAIT_SETTLE);
    if (result < 0)
        return result;
    search_all(boot, search);
    if (!search->first)
        return 0;
    return search->rival ? -ENOTUNIQ : 1;
}

static void describe_wanted(const struct live_words *words, char text[LIVE_PATH_SIZE])
{
    if (*words->file)
        (void)text_join(text, LIVE_PATH_SIZE, words->file, NULL);
    else
        live_images_describe(words, text);
}

static int search_medium(struct boot *boot, struct block_device **device)
{
    struct search search = {0};
    char wanted[LIVE_PATH_SIZE], seconds[DECIMAL_SIZE];
    struct wait wait = {
        .what = "a medium with ", .spec = wanted, .seconds = boot->options.timeout, .look = look, .wanted = &search};
    int result;

    describe_wanted(&boot->live, wanted);
    boot->devices.together = true;
    result = wait_for(boot, &wait);
    *device = search.first;
    if (result == -ENOTUNIQ) { /* whichever came first, the sentence is the same */
        const char *one = search.first->path, *other = search.rival->path;
        bool is_behind = strcmp(one, other) > 0;

        return failure(wanted, "ambiguous", "both ", is_behind ? other : one, " and ", is_behind ? one : other,
            " hold ", wanted, ": take one out, or name the medium", NULL);
    }
    if (result == -ETIMEDOUT) {
        report_devices(boot);
        return failure(wanted, "not found", "no medium has ", wanted, ": none of the devices seen within ",
            text_decimal(boot->options.timeout, seconds),
            boot->live.removable != LIVE_ANY_DISK ? " s that can be taken out" : " s", " holds it", NULL);
    }
    if (result < 0)
        return failure_because(wanted, strerror(-result), "cannot wait for devices", NULL);
    return 0;
}

static int find_named(struct boot *boot, struct block_device **device)
{
    struct wanted_device wanted = {.what = "the medium ",
        .spec = boot->live.medium,
        .options = "",
        .seconds = BOOT_TIMEOUT_NEVER,
        .thorough = true};
    const struct candidates *candidates = &wanted.candidates;
    char seconds[DECIMAL_SIZE];
    int result = device_find(boot, &wanted);

    *device = wanted.device;
    if (result >= 0)
        return 0;
    if (result == -ENOTUNIQ)
        return failure(wanted.spec, "ambiguous", "the medium ", wanted.spec, " is ambiguous: ", candidates->first->path,
            " and ", candidates->rival->path, " both have that name; take one out", NULL);
    if (result != -ETIMEDOUT)
        return failure_because(wanted.spec, device_find_error(result), "the medium ", wanted.spec, NULL);
    report_devices(boot);
    return failure(wanted.spec, "not found", "no device is the medium ", wanted.spec, ": none of those seen within ",
        text_decimal(boot->options.timeout, seconds), " s has that name", NULL);
}

static int lacks(const char *path, const struct live_words *words)
{
    char wanted[LIVE_PATH_SIZE];

    describe_wanted(words, wanted);
    return failure(path, "not there", "there is no ", wanted, " on ", path,
        ": is it the medium, and whole? Its directory is named by ",
        words->layout == LIVE_FEDORA ? "rd.live.dir=" : "live-media-path= or archisobasedir=", NULL);
}

static int mount_device_medium(struct boot *boot, struct block_device *device, const char *target)
{
    const struct live_words *words = &boot->live;
    struct mount_task task = {.boot = boot, .device = device, .target = target, .options = {.flags = MS_RDONLY}};
    bool is_written = words->layout == LIVE_FILE || words->persistence || (words->overlay_on_medium && !*words->file);
    const char *type;
    int result;

    /* The root of loop= may be written to, and the file system that holds it with it. */
    if (words->layout == LIVE_FILE && boot->options.writable)
        task.options.flags = 0;
    (void)directory_make(target); /* what cannot be made is told by the mount */
    block_device_read_superblock(device);
    task.types = driver_of(device);
    if (task.types && !is_written)
        leave_untouched(task.types, &task.options);
    result = mount_device(&task);
    if (result != 0 || holds_it(words, target))
        return result;
    /* A medium may be nothing but the root's own file system. */
    type = device->superblock.type;
    if (!*words->file && type && (!strcmp(type, "squashfs") || !strcmp(type, "erofs")))
        return 0;
    return lacks(device->path, words);
}

/* path: filled in with the file's. */
static int mount_file_medium(struct boot *boot, const struct live_places *places, char path[LIVE_PATH_SIZE])
{
    if (text_join(path, LIVE_PATH_SIZE, places->carrier, *boot->live.file == '/' ? "" : "/", boot->live.file, NULL) < 0)
        return failure(boot->live.file, "too long", "the path of the medium is too long", NULL);
    if (boot->live.layout == LIVE_FILE)
        return 0;
    (void)directory_make(places->medium);
    return live_image_mount(boot, &(struct live_image){.path = path, .target = places->medium});
}

int live_medium_find(struct boot *boot)
{
    const struct live_places *places = live_places(boot);
    struct block_device *device = NULL;
    char path[LIVE_PATH_SIZE];
    int result;

    if (boot->live_medium)
        return 0;
    (void)file_write_text(POLL_INTERVAL, "2000");
    result = *boot->live.medium ? find_named(boot, &device) : search_medium(boot, &device);
    if (result == 0)
        result = mount_device_medium(boot, device, *boot->live.file ? places->carrier : places->medium);
    if (result == 0 && *boot->live.file)
        result = mount_file_medium(boot, places, path);
    if (result == 0 && boot->live.check)
        result = *boot->live.file ? live_check(boot, path, "") : live_check(boot, device->path, device->disk);
    if (result < 0) {
        live_medium_leave(boot);
        return result;
    }
    log_info("the medium is ", device->path);
    boot->live_medium = device->number;
    return 0;
}

int live_medium_take(struct boot *boot, const char *path)
{
    const char *medium = live_places(boot)->medium;
    struct stat status;
    int result;

    (void)directory_make(medium);
    result = live_image_mount(boot, &(struct live_image){.path = path, .target = medium});
    if (result == 0 && !holds_it(&boot->live, medium))
        result = lacks(boot->live.url, &boot->live);
    if (result == 0 && boot->live.check)
        result = live_check(boot, path, "");
    if (result < 0) {
        live_medium_leave(boot);
        return result;
    }
    if (stat(medium, &status) == 0)
        boot->live_medium = status.st_dev;
    return 0;
}

void live_medium_leave(const struct boot *boot)
{
    const struct live_places *places = live_places(boot);

    (void)umount2(places->medium, 0);
    if (places->carrier)
        (void)umount2(places->carrier, 0);
}

int live_medium_mount_again(const struct boot *boot, const char *target, bool read_only)
{
    const struct live_places *places = live_places(boot);
    const char *from = *boot->live.file ? places->carrier : places->medium;

    if (mount(from, target, NULL, MS_BIND, NULL) < 0 || (!read_only && mount(NULL, target, NULL, MS_REMOUNT, NULL) < 0))
        return -errno;
    return 0;
}
