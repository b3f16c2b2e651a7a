/*
 * A root that the host shares, by 9p or virtiofs: not a block device but a mount tag, and nothing announces it. So the
 * mount is tried anew whenever a device has come (Documentation/filesystems/9p.rst, virtiofs.rst).
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>

#include "contract/root_type.h"
#include "module/image.h"
#include "root/mount_device.h"
#include "root/network.h"
#include "root/root_source.h"
#include "root/wait.h"
#include "system/failure.h"
#include "system/file.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

/* virtio is how a hypervisor shares; rootflags= may say otherwise, and what comes later wins. */
#define DEFAULTS_9P "trans=virtio,version=9p2000.L"

static bool is_asked_for(const struct boot *boot)
{
    return root_type_is_shared(boot->options.rootfstype);
}

/* A line of /proc/filesystems is "nodev" or nothing, a tab, and the type (proc(5)). */
static bool kernel_has(const char *type)
{
    char types[8192];
    const char *name = types;
    size_t length = strlen(type);

    if (file_read_text(AT_FDCWD, "/proc/filesystems", types, sizeof(types)) < 0)
        return true; /* a list that can't be read can't be used to say no */
    while ((name = strchr(name, '\t')) != NULL) {
        name++;
        if (!strncmp(name, type, length) && (name[length] == '\n' || name[length] == '\0'))
            return true;
    }
    return false;
}

/* By default it is virtio, which needs none. */
static bool is_on_network(const struct boot *boot)
{
    return !strcmp(boot->options.rootfstype, "9p") && text_list_has(boot->options.rootflags, "trans=tcp");
}

/* What was tried, and the last answer. */
struct attempt {
    const struct mount_options *options;
    int error;
};

static int look(struct boot *boot, void *context)
{
    struct attempt *attempt = context;
    const struct mount_options *options = attempt->options;
    const char *type = boot->options.rootfstype;
    bool is_9p = !strcmp(type, "9p");
    char data[MOUNT_DATA_SIZE];

    if (text_join(data, sizeof(data), is_9p ? DEFAULTS_9P : "", is_9p && *options->data ? "," : "", options->data, NULL)
        < 0)
        return attempt->error = -E2BIG;
    if (mount(boot->options.root, IMAGE_ROOT_PATH, type, options->flags, data) == 0)
        return 1;
    switch (errno) {
    case ENOENT: /* the file system or the tag is not there yet: the drivers tell the two in different ways */
    case ENODEV:
    case EINVAL:
    case ENXIO:
    case ECONNREFUSED:
        attempt->error = -errno;
        return 0;
    default:
        return attempt->error = -errno;
    }
}

static int mount_shared(struct boot *boot, const struct mount_options *options)
{
    const char *root = boot->options.root, *type = boot->options.rootfstype;
    struct attempt attempt = {.options = options};
    struct wait wait = {.what = "root=",
        .spec = root,
        .seconds = boot->options.timeout,
        .at_each_step = true,
        .look = look,
        .wanted = &attempt};
    int result = is_on_network(boot) ? network_bring_up(boot) : 0;

    if (result < 0)
        return result;
    mount_load_file_system(boot, type);
    result = devices_settle(&boot->devices, timing_now() + WAIT_SETTLE);
    if (result == 0)
        result = wait_for(boot, &wait);
    if (result >= 0)
        return 0;
    if (result == attempt.error)
        return failure_because(root, strerror(-result), "cannot mount the shared directory ", root, " as ", type, NULL);
    if (result != -ETIMEDOUT)
        return failure_because(root, strerror(-result), "cannot wait for devices", NULL);
    if (!kernel_has(type))
        return failure(root, "no file system", "cannot mount ", root, " as ", type,
            ": neither this kernel nor this image has that file system", NULL);
    if (is_on_network(boot))
        return failure_because(root, strerror(-attempt.error), "cannot mount the directory of the server ", root,
            " as 9p, from ", boot->lease.interface, NULL);
    return failure(root, "not found", "no directory is shared as ", type, " with the tag ", root, " (",
        strerror(-attempt.error), "): check the hypervisor's options and rootflags=", NULL);
}

const struct root_source shared_root = {is_asked_for, false, NULL, NULL, mount_shared};
