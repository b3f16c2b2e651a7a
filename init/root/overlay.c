/*
 * rd.overlay: the root that was mounted goes below, and what is written goes to memory or to another device
 * (Documentation/filesystems/overlayfs.rst). The names are dracut's, as far as it has some.
 */
#include "root/overlay.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "root/device_find.h"
#include "root/fsck.h"
#include "root/mount_device.h"
#include "root/mount_options.h"
#include "root/steps.h"
#include "system/failure.h"
#include "system/waits.h"

#define LOWER "/run/rootfsbase"
#define UPPER "/run/initramfs/overlay"
#define UPPER_FILES UPPER "/overlayfs"
#define UPPER_WORK UPPER "/ovlwork"

int overlay_protect(struct boot *boot, const struct block_device *device)
{
    int fd = device ? open(device->path, O_RDONLY | O_CLOEXEC) : -1;
    int yes = 1;
    int result = fd >= 0 && ioctl(fd, BLKROSET, &yes) < 0 ? -errno : 0;

    boot->read_only = true;
    if (fd >= 0)
        close(fd);
    if (result < 0)
        return failure_because(
            device->path, strerror(-result), "cannot protect ", device->path, " against being written to", NULL);
    return 0;
}

static int mount_upper_device(struct boot *boot)
{
    const char *spec = boot->options.overlay;
    struct mount_task task = {.boot = boot, .target = UPPER};
    bool read_only = false;
    struct wanted_device wanted = {.what = "rd.overlay=", .spec = spec, .options = "", .seconds = WAIT_ROOT_SECONDS};
    int result = device_find(boot, &wanted);

    task.device = wanted.device;
    if (result == 0 && task.device->number == boot->root)
        result = -EBUSY;
    if (result < 0)
        return failure_because(spec, device_find_error(result), "rd.overlay=", spec, NULL);
    result = fsck_device(boot, task.device, NULL, "overlay", &read_only);
    if (result < 0)
        return result;
    if (read_only)
        return failure(task.device->path, "read-only", "rd.overlay=", spec, ": ", task.device->path,
            " must not be written to", NULL);
    return mount_device(&task);
}

/* "", "tmpfs" and "tmpfs:size=1G": the options after the colon; NULL for what is a device. */
static const char *options_of_memory(const char *overlay)
{
    const char *rest = strncmp(overlay, "tmpfs", strlen("tmpfs")) ? overlay : overlay + strlen("tmpfs");

    if (*rest == ':' && rest != overlay)
        return rest + 1;
    return *rest ? NULL : rest;
}

static int mount_upper(struct boot *boot)
{
    struct mount_options options = {.flags = MS_NOSUID | MS_NODEV, .data = "mode=0755"};
    const char *memory;

    (void)mkdir(UPPER, 0755); /* it is there, or mount tells */
    memory = options_of_memory(boot->options.overlay);
    if (!memory)
        return mount_upper_device(boot);
    if (mount_options_parse(memory, &options) < 0)
        return failure(
            "rd.overlay", "too long", "the options of rd.overlay=tmpfs: are longer than the kernel takes", NULL);
    if (mount("tmpfs", UPPER, "tmpfs", options.flags, options.data) < 0)
        return failure_because(
            "tmpfs", strerror(errno), "cannot mount a tmpfs for rd.overlay with ", options.data, NULL);
    return 0;
}

static int put_together(struct boot *boot)
{
    (void)mkdir(LOWER, 0755);
    (void)mkdir(UPPER_FILES, 0755);
    (void)mkdir(UPPER_WORK, 0700);
    mount_load_file_system(boot, "overlay");
    if (mount(IMAGE_ROOT_PATH, LOWER, NULL, MS_MOVE, NULL) < 0)
        return -errno;
    if (mount(
            "overlay", IMAGE_ROOT_PATH, "overlay", 0, "lowerdir=" LOWER ",upperdir=" UPPER_FILES ",workdir=" UPPER_WORK)
        < 0)
        return -errno;
    return 0;
}

int step_overlay(struct boot *boot)
{
    const char *reason;
    int result;

    if (!boot->options.overlay)
        return 0;
    result = mount_upper(boot);
    if (result < 0)
        return result;
    result = put_together(boot);
    if (result == 0)
        return 0;
    reason = result == -ENODEV ? "neither this kernel nor this image has overlay (kindling build -f overlay)"
                               : strerror(-result);
    return failure_because(IMAGE_ROOT_PATH, reason, "cannot lay rd.overlay over the root", NULL);
}
