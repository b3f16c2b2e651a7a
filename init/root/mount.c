/*
 * The root file system, mounted at IMAGE_ROOT_PATH. rootflags= are its options, or else what its own fstab says; the
 * fstab's ro and rw are for the root's init to heed, here the command line's word counts (ro unless rw).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "contract/fstab.h"
#include "root/mount_device.h"
#include "root/root_file.h"
#include "root/shared_root.h"
#include "root/steps.h"
#include "system/failure.h"
#include "system/log.h"

static void set_read_only(const struct boot *boot, struct mount_options *options)
{
    options->flags &= ~(unsigned long)MS_RDONLY;
    if (boot->read_only)
        options->flags |= MS_RDONLY;
}

/* Most options may be changed while it is mounted, but few of the file systems' own; ext4's errors= is one, which many
 * a fstab has. */
static bool wants_another_mount(const char *data)
{
    return *data && (strncmp(data, "errors=", strlen("errors=")) != 0 || strchr(data, ','));
}

static int change_options(struct mount_task *task)
{
    const struct mount_options *options = &task->options;

    if (!wants_another_mount(options->data))
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

    set_read_only(task->boot, &task->options);
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

int step_mount(struct boot *boot)
{
    struct mount_task task = {
        .boot = boot, .device = boot->root, .target = IMAGE_ROOT_PATH, .types = boot->options.rootfstype};
    int result;

    if (mount_options_parse(boot->options.rootflags, &task.options) < 0)
        return failure("rootflags", "too long", "rootflags= is longer than the kernel takes", NULL);
    if (boot->read_only)
        task.options.flags |= MS_RDONLY;
    (void)mkdir(IMAGE_ROOT_PATH, 0755); /* it is there, or mount tells */
    if (shared_root_is_asked_for(boot)) {
        mount_load_file_system(boot, boot->options.rootfstype);
        return shared_root_mount(boot, &task.options);
    }
    result = mount_device(&task);
    if (result == 0 && !*boot->options.rootflags)
        result = heed_fstab(&task);
    boot->read_only = (task.options.flags & MS_RDONLY) != 0;
    return result;
}
