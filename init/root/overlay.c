/*
 * rd.overlay: the root that was mounted goes below, and what is written goes to memory or to another device
 * (Documentation/filesystems/overlayfs.rst). The names are dracut's, as far as it has some.
 */
#include "root/overlay.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "root/device_find.h"
#include "root/fsck.h"
#include "root/mount_device.h"
#include "root/mount_options.h"
#include "root/root_source.h"
#include "root/steps.h"
#include "system/directory.h"
#include "system/failure.h"
#include "system/text.h"
#include "system/waits.h"

#define LOWER "/run/rootfsbase"
#define UPPER "/run/initramfs/overlay"
#define LONGEST 1200u /* of a directory on the device that takes what is written */

/* Cuts ":DIRECTORY" off, or ":auto", which names none; a name by bus path has colons, too, but no slash behind one. */
static int split_directory(struct overlay_upper *upper, char device[1024])
{
    const char *colon = strstr(upper->spec, ":/"), *last = strrchr(upper->spec, ':');
    bool is_auto = !colon && last && !strcmp(last, ":auto");
    size_t length = colon || is_auto ? (size_t)((is_auto ? last : colon) - upper->spec) : strlen(upper->spec);

    upper->directory[0] = '\0';
    if (length >= 1024 || (colon && text_join(upper->directory, sizeof(upper->directory), colon + 1, NULL) < 0))
        return failure(upper->word, "too long", upper->word, " is too long", NULL);
    memcpy(device, upper->spec, length);
    device[length] = '\0';
    return 0;
}

static int mount_upper_device(struct boot *boot, struct overlay_upper *upper)
{
    char spec[1024];
    struct mount_task task = {.boot = boot, .target = upper->target};
    bool read_only = upper->read_only;
    struct wanted_device wanted = {.what = upper->word, .spec = spec, .options = "", .seconds = WAIT_ROOT_SECONDS};
    int result = split_directory(upper, spec);

    if (result < 0)
        return result;
    result = device_find(boot, &wanted);
    task.device = wanted.device;
    if (result == 0 && task.device->number == boot->root)
        result = -EBUSY;
    if (result < 0)
        return failure_because(spec, device_find_error(result), upper->word, spec, NULL);
    if (!read_only)
        result = fsck_device(boot, task.device, NULL, "overlay", &read_only);
    if (result < 0)
        return result;
    if (read_only && !upper->read_only)
        return failure(task.device->path, "read-only", upper->word, spec, ": ", task.device->path,
            " must not be written to", NULL);
    task.options.flags = upper->read_only ? MS_RDONLY : 0;
    result = mount_device(&task);
    if (result == 0 && !upper->read_only && task.options.flags & MS_RDONLY)
        return failure(
            task.device->path, "read-only", upper->word, spec, ": ", task.device->path, " cannot be written to", NULL);
    return result < 0 ? result : 1;
}

int overlay_mount_upper(struct boot *boot, struct overlay_upper *upper)
{
    struct mount_options options = {.flags = MS_NOSUID | MS_NODEV, .data = "mode=0755"};
    /* "", "tmpfs" and "tmpfs:size=1G": the options after the colon; NULL for what is a device. */
    const char *rest = strncmp(upper->spec, "tmpfs", strlen("tmpfs")) ? upper->spec : upper->spec + strlen("tmpfs");
    const char *memory = *rest == '\0' ? rest : *rest == ':' && rest != upper->spec ? rest + 1 : NULL;

    (void)mkdir(upper->target, 0755); /* it is there, or mount tells */
    upper->directory[0] = '\0';
    if (!memory)
        return mount_upper_device(boot, upper);
    if ((upper->memory && mount_options_parse(upper->memory, &options) < 0)
        || mount_options_parse(memory, &options) < 0)
        return failure(
            "rd.overlay", "too long", "the options of rd.overlay=tmpfs: are longer than the kernel takes", NULL);
    if (mount("tmpfs", upper->target, "tmpfs", options.flags, options.data) < 0)
        return failure_because(
            "tmpfs", strerror(errno), "cannot mount a tmpfs for ", upper->word, " with ", options.data, NULL);
    boot->is_volatile = true;
    return 0;
}

int overlay_mount_at(struct boot *boot, const char *target, const char *lower, const char *upper, const char *work)
{
    char data[MOUNT_DATA_SIZE];

    mount_load_file_system(boot, "overlay");
    if (text_join(data, sizeof(data), "lowerdir=", lower, ",upperdir=", upper, ",workdir=", work, NULL) < 0)
        return -E2BIG;
    directory_make_parents(upper);
    if (mkdir(upper, 0755) < 0 && errno != EEXIST)
        return -errno;
    if (mkdir(work, 0700) < 0 && errno != EEXIST)
        return -errno;
    return mount("overlay", target, "overlay", 0, data) < 0 ? -errno : 0;
}

int overlay_mount(struct boot *boot, const char *lower, const char *upper, const char *work)
{
    return overlay_mount_at(boot, IMAGE_ROOT_PATH, lower, upper, work);
}

const char *overlay_error(int error)
{
    return error == -ENODEV ? "neither this kernel nor this image has overlay (kindling build -f overlay)"
                            : strerror(-error);
}

int step_overlay(struct boot *boot)
{
    struct overlay_upper upper = {.word = "rd.overlay=", .spec = boot->options.overlay, .target = UPPER};
    char files[LONGEST], work[LONGEST];
    int result;

    if (!boot->options.overlay || root_source(boot)->writes_elsewhere)
        return 0;
    result = overlay_mount_upper(boot, &upper);
    if (result < 0)
        return result;
    (void)text_join(files, sizeof(files), UPPER, *upper.directory ? upper.directory : "/overlayfs", NULL);
    (void)text_join(work, sizeof(work), files, NULL);
    (void)text_join(strrchr(work, '/'), LONGEST / 8, "/ovlwork", NULL);
    (void)mkdir(LOWER, 0755);
    if (mount(IMAGE_ROOT_PATH, LOWER, NULL, MS_MOVE, NULL) < 0)
        result = -errno;
    else
        result = overlay_mount(boot, LOWER, files, work);
    return result < 0
               ? failure_because(IMAGE_ROOT_PATH, overlay_error(result), "cannot lay rd.overlay over the root", NULL)
               : 0;
}
