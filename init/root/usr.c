/*
 * /usr on a file system of its own, as mount.usr= or the root's fstab names it (dracut.cmdline(7),
 * systemd-fstab-generator(8)), or else as the type of a partition beside the root says (systemd-gpt-auto-generator(8)):
 * an init that lies there, or whose libraries do, could not be started otherwise.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "contract/fstab.h"
#include "device/block_device_read.h"
#include "root/device_find.h"
#include "root/fsck.h"
#include "root/mount_device.h"
#include "root/root_file.h"
#include "root/steps.h"
#include "root/write_protect.h"
#include "system/directory.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

static int find(struct boot *boot, const struct fstab_entry *entry, struct block_device **device)
{
    struct wanted_device wanted = {.what = "/usr on ",
        .spec = entry->spec,
        .types = entry->type,
        .options = entry->options,
        .seconds = BOOT_TIMEOUT_NEVER};
    int result;

    *device = root_device(boot);
    if (!*entry->spec && *device)
        return 0;
    result = *entry->spec ? device_find(boot, &wanted) : -EINVAL;
    *device = wanted.device;
    if (result < 0)
        (void)failure_because(entry->spec, device_find_error(result), "cannot mount ", entry->spec, " on /usr", NULL);
    return result;
}

static int check(struct boot *boot, const struct fstab_entry *entry, struct block_device *device, bool *read_only)
{
    if (boot->options.overlay)
        return write_protect(boot, device);
    if (!entry->check || device->number == boot->root)
        return 0;
    return fsck_device(boot, device, entry->type, "usr", read_only);
}

/* directory: the new root's /usr. */
static int mount_at(struct boot *boot, const struct fstab_entry *entry, struct block_device *device, int directory)
{
    struct mount_task task = {.boot = boot, .device = device, .types = entry->type};
    char target[64], number[DECIMAL_SIZE];
    bool read_only = boot->read_only;
    int result = check(boot, entry, device, &read_only);

    if (result < 0)
        return result;
    if (mount_options_parse(entry->options, &task.options) < 0)
        return failure("/usr", "too long", "the options of /usr are longer than the kernel takes", NULL);
    if (read_only)
        task.options.flags |= MS_RDONLY;
    (void)text_join(target, sizeof(target), "/proc/self/fd/", text_decimal((unsigned)directory, number), NULL);
    task.target = target;
    return mount_device(&task);
}

static int mount_entry(struct boot *boot, const struct fstab_entry *entry)
{
    struct block_device *device;
    int directory = new_root_open("/usr", O_PATH | O_DIRECTORY);
    int result;

    if (directory < 0)
        return failure_because(
            "/usr", strerror(-directory), "the root has no directory /usr to mount ", entry->spec, " on", NULL);
    result = find(boot, entry, &device);
    if (result == 0)
        result = mount_at(boot, entry, device, directory);
    close(directory);
    return result;
}

static bool root_has_empty_usr(void)
{
    struct directory directory;
    bool is_empty;

    directory_begin(&directory, new_root_open("/usr", O_RDONLY | O_DIRECTORY));
    is_empty = directory.fd >= 0 && !directory_next(&directory);
    directory_close(&directory);
    return is_empty;
}

/* The one partition on the root's disk that is of the type of a /usr; NULL when there is none, or more than one. */
static struct block_device *discover(struct boot *boot)
{
    struct block_devices *blocks = &boot->devices.blocks;
    struct block_device *root, *found = NULL;

    if (devices_take_in(&boot->devices) < 0) /* the root was taken when its own event came */
        return NULL;
    root = root_device(boot);
    for (size_t i = 0; root && *root->disk && *partition_usr_type() && i < blocks->count; i++) {
        struct block_device *device = blocks->list[i];

        if (strcmp(device->disk, root->disk) != 0)
            continue;
        block_device_read_partition(device);
        if (strcmp(device->partition.type_uuid, partition_usr_type()) != 0
            || device->partition.attributes & PARTITION_NO_AUTO)
            continue;
        if (found) {
            log_warning("both ", found->path, " and ", device->path, " are of the type of a /usr: none is mounted");
            return NULL;
        }
        found = device;
    }
    return found;
}

/* What nobody names, but the root wants: it has an empty directory for it. Tables are read for such a root alone. */
static int mount_discovered(struct boot *boot)
{
    struct block_device *device = root_has_empty_usr() ? discover(boot) : NULL;
    char path[BLOCK_DEVICE_PATH_SIZE];
    struct fstab_entry entry = {.spec = path, .type = "auto", .options = "", .check = true};

    if (!device)
        return 0;
    memcpy(path, device->path, sizeof(path));
    if (device->partition.attributes & PARTITION_READ_ONLY)
        entry.options = "ro";
    log_info(path, " is of the type of a /usr, and is taken for the root's");
    return mount_entry(boot, &entry);
}

int step_usr(struct boot *boot)
{
    const struct boot_options *options = &boot->options;
    struct fstab_entry entry;
    struct device_ref ref;
    bool may_fail = false;
    char *text = NULL;
    int result = 0;

    /* The command line may name a /usr. Without a device of its own it is on the root's: mount.usrflags= may name
     * another subvolume. */
    if (options->usr || options->usrfstype || options->usrflags) {
        entry = (struct fstab_entry){.spec = options->usr ? options->usr : "",
            .type = options->usrfstype ? options->usrfstype : "auto",
            .options = options->usrflags ? options->usrflags : "",
            .check = true};
        result = mount_entry(boot, &entry);
    } else if (new_root_read("/etc/fstab", &text) == 0 && fstab_find(text, "/usr", &entry)) {
        may_fail = text_list_has(entry.options, "nofail");
        /* What is no file system on a block device is left to the root's own init. */
        if (!text_list_has(entry.options, "noauto") && !text_list_has(entry.options, "bind")
            && device_ref_parse(entry.spec, &ref) == 0)
            result = mount_entry(boot, &entry);
    } else {
        result = mount_discovered(boot);
    }
    if (result < 0 && may_fail) {
        log_warning("the fstab does not insist on /usr (nofail): the boot goes on without it");
        result = 0;
    }
    free(text);
    return result;
}
