/*
 * A root that is a block device: from what the command line names to the file system, mounted at IMAGE_ROOT_PATH.
 * rootflags= are its options, or else what its own fstab says; the fstab's ro and rw are for the root's init to heed,
 * here the command line's word counts (ro unless rw).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "contract/fstab.h"
#include "module/image.h"
#include "root/device_find.h"
#include "root/fsck.h"
#include "root/log_device.h"
#include "root/mount_device.h"
#include "root/report.h"
#include "root/root_file.h"
#include "root/root_source.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

static int ambiguous(const struct wanted_device *wanted)
{
    const char *one = wanted->candidates.first->path, *other = wanted->candidates.rival->path;

    if (strcmp(one, other) > 0) { /* whichever came first, the sentence is the same */
        one = wanted->candidates.rival->path;
        other = wanted->candidates.first->path;
    }
    if (wanted->ref.kind == DEVICE_REF_GPT_AUTO)
        return failure("", "ambiguous", "no root= was given, and both ", one, " and ", other,
            " are partitions of the root type: name one with root=", NULL);
    return failure(wanted->spec, "ambiguous", "root=", wanted->spec, " is ambiguous: ", one, " and ", other,
        " both have that name; detach one, or name the device by its path", NULL);
}

/* A root partition that its attributes keep from being taken unasked; NULL when there is none. */
static const struct block_device *find_no_auto(const struct block_devices *blocks)
{
    for (size_t i = 0; i < blocks->count; i++) {
        const struct partition *partition = &blocks->list[i]->partition;

        if (partition->attributes & PARTITION_NO_AUTO && !strcmp(partition->type_uuid, partition_root_type()))
            return blocks->list[i];
    }
    return NULL;
}

static int not_found(struct boot *boot, const struct wanted_device *wanted)
{
    const struct block_device *no_auto;
    char seconds[DECIMAL_SIZE];

    report_devices(boot);
    no_auto = find_no_auto(&boot->devices.blocks);
    if (no_auto && wanted->ref.kind == DEVICE_REF_GPT_AUTO)
        return failure("", "no-auto", "no root= was given, and ", no_auto->path,
            " is of the root type, but its no-auto attribute forbids to take it unasked: boot with root=PARTUUID=",
            no_auto->partition.uuid, ", or clear the attribute", NULL);
    text_decimal(boot->options.timeout, seconds);
    if (wanted->ref.kind == DEVICE_REF_GPT_AUTO)
        return failure("", "not found", "no root= was given, and within ", seconds,
            " s no disk showed a partition of the root type: name the root with root=UUID=... or root=/dev/vda1", NULL);
    return failure(wanted->spec, "not found", "no device is root=", wanted->spec, ": none of those seen within ",
        seconds, " s has that name", NULL);
}

static int explain(struct boot *boot, const struct wanted_device *wanted, int error)
{
    char sentence[LOG_MESSAGE_SIZE] = "";

    switch (error) {
    case -EINVAL:
    case -ENAMETOOLONG:
        return failure(wanted->spec, "not understood", "root=", wanted->spec,
            " is no form of a device that kindling knows; as in root=UUID=... or root=/dev/vda1", NULL);
    case -ENOTUNIQ:
        return ambiguous(wanted);
    case -ENODEV:
        (void)storage_explain(&boot->storage, wanted->device, sentence);
        return failure(wanted->spec, "members missing", sentence, NULL);
    case -ETIMEDOUT:
        return not_found(boot, wanted);
    default:
        return failure_because(wanted->spec, strerror(-error), "cannot wait for devices", NULL);
    }
}

static int find(struct boot *boot)
{
    struct wanted_device wanted = {.what = "root=",
        .spec = boot->options.root,
        .types = boot->options.rootfstype,
        .options = boot->options.rootflags,
        .seconds = BOOT_TIMEOUT_NEVER,
        .thorough = true};
    dev_t number;
    int result;

    if (root_device(boot))
        return 0;
    result = device_find(boot, &wanted);
    if ((result == -ETIMEDOUT || result == -ENODEV) && boot->options.rootfallback) {
        log_warning("root=", boot->options.root, " did not come: taking rootfallback=", boot->options.rootfallback);
        boot->options.root = wanted.spec = boot->options.rootfallback;
        result = device_find(boot, &wanted);
    }
    if (result < 0)
        return explain(boot, &wanted, result);
    number = wanted.device->number;
    result = log_devices_find(boot);
    if (result == 0)
        boot->root = number;
    return result;
}

static int check(struct boot *boot)
{
    int result = fsck_device(boot, root_device(boot), boot->options.rootfstype, "root", &boot->is_protected);

    boot->read_only |= boot->is_protected;
    return result;
}

static int change_options(struct mount_task *task)
{
    const struct mount_options *options = &task->options;
    const char *data = options->data;

    /* Most options may be changed while it is mounted, but few of the file systems' own; ext4's errors= is one, which
     * many a fstab has. */
    if (!*data || (!strncmp(data, "errors=", strlen("errors=")) && !strchr(data, ',')))
        return mount(NULL, task->target, NULL, MS_REMOUNT | options->flags, options->data) < 0 ? -errno : 0;
    if (umount2(task->target, 0) < 0)
        return -errno;
    return mount_device_as(task, task->type);
}

/* Returns 0, also when the fstab's options are of no use: then it is mounted as before. */
static int apply_fstab(struct mount_task *task, const struct fstab_entry *entry)
{
    struct mount_task before = *task;
    int result = mount_options_parse(entry->options, &task->options);

    task->options.flags &= ~(unsigned long)MS_RDONLY;
    if (task->boot->read_only)
        task->options.flags |= MS_RDONLY;
    if (result == 0 && task->options.flags == before.options.flags && !strcmp(task->options.data, before.options.data))
        return 0;
    if (result == 0)
        result = change_options(task);
    if (result == 0)
        return 0;
    log_warning(task->device->path, " cannot be mounted with the options of its fstab, ", entry->options, " (",
        strerror(-result), "): they are left out");
    (void)umount2(task->target, 0);
    *task = before;
    return mount_device(task);
}

static int heed_fstab(struct mount_task *task)
{
    struct fstab_entry entry;
    char *text;
    int result = new_root_read("/etc/fstab", &text);

    if (result == -EFBIG)
        log_warning("the root's /etc/fstab is too long: it is not heeded");
    if (result < 0)
        return 0; /* a root needs none */
    result = fstab_find(text, "/", &entry) ? apply_fstab(task, &entry) : 0;
    free(text);
    return result;
}

static int mount_root(struct boot *boot, const struct mount_options *options)
{
    struct mount_task task = {.boot = boot,
        .device = root_device(boot),
        .target = IMAGE_ROOT_PATH,
        .types = boot->options.rootfstype,
        .options = *options};
    int result = mount_device(&task);

    if (result == 0 && !*boot->options.rootflags)
        result = heed_fstab(&task);
    boot->read_only = (task.options.flags & MS_RDONLY) != 0;
    return result;
}

const struct root_source block_root = {NULL, false, find, check, mount_root};
