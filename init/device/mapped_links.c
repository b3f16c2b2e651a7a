#include "device/mapped_links.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "name/mapped_device.h"
#include "system/log.h"
#include "system/text.h"

/* name: "mapper/root", one directory deep, below /dev. */
static int make_link(const char *name, const char *device)
{
    char path[SYSFS_PATH_SIZE], target[SYSFS_PATH_SIZE];
    char *slash;

    if (text_join(path, sizeof(path), "/dev/", name, NULL) < 0
        || text_join(target, sizeof(target), "../", device, NULL) < 0)
        return -ENAMETOOLONG;
    slash = strrchr(path, '/');
    *slash = '\0';
    if (mkdir(path, 0755) < 0 && errno != EEXIST)
        return -errno;
    *slash = '/';
    if (unlink(path) < 0 && errno != ENOENT)
        return -errno;
    return symlink(target, path) < 0 ? -errno : 0;
}

bool mapped_links_handle(const struct uevent *event)
{
    char name[MAPPED_NAME_SIZE + sizeof("mapper/")];
    struct mapped_device mapped;
    int sysfs, result;
    bool is_known;

    if (!mapped_device_is(event->devname) || !strcmp(event->action, "remove"))
        return true;
    sysfs = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
    is_known = *event->devpath && mapped_device_read(sysfs, event->devpath + 1, &mapped);
    if (sysfs >= 0)
        close(sysfs);
    if (!is_known || !mapped.is_ready || mapped.is_part)
        return false;
    result = text_join(name, sizeof(name), "mapper/", mapped.name, NULL);
    if (result == 0)
        result = make_link(name, event->devname);
    if (result == 0 && *mapped.volume)
        result = make_link(mapped.volume, event->devname);
    if (result < 0)
        log_warning(
            "cannot make the links of /dev/", event->devname, ", which is ", mapped.name, ": ", strerror(-result));
    return true;
}
