#include "early_mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "log.h"
#include "text.h"

/* As systemd expects to find them (https://systemd.io/INITRD_INTERFACE): it takes over what is mounted already. */
static const struct early_mount {
    const char *path;
    const char *type;
    unsigned long flags;
    const char *data;
} mounts[] = {
    {"/dev", "devtmpfs", MS_NOSUID, "mode=0755"},
    {"/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL},
    {"/sys", "sysfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL},
    {"/run", "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755"},
};

#define MOUNT_COUNT (sizeof(mounts) / sizeof(mounts[0]))

static int mount_one(const struct early_mount *m)
{
    if (mkdir(m->path, 0755) < 0 && errno != EEXIST)
        return -errno;
    if (mount(m->type, m->path, m->type, m->flags, m->data) < 0 && errno != EBUSY)
        return -errno;
    return 0;
}

/* Without close-on-exec: a first descriptor of 0 is kept as it is. */
void console_take(void)
{
    int fd = open("/dev/console", O_RDWR | O_NOCTTY);

    if (fd < 0)
        fd = open("/dev/null", O_RDWR);
    if (fd < 0)
        return;
    for (int standard = 0; standard <= 2; standard++)
        dup2(fd, standard);
    if (fd > 2)
        close(fd);
}

int early_mounts(void)
{
    for (size_t i = 0; i < MOUNT_COUNT; i++) {
        int result = mount_one(&mounts[i]);

        if (result < 0)
            return failure("mounts", mounts[i].path, strerror(-result), "cannot mount ", mounts[i].type, " on ",
                mounts[i].path, ": ", strerror(-result), NULL);
    }
    if (mkdir("/run/initramfs", 0755) < 0 && errno != EEXIST)
        log_warning("cannot make /run/initramfs: ", strerror(errno));
    console_take();
    log_open();
    return 0;
}

static bool is_directory_and_no_mount(const char *new_root, const char *path)
{
    struct stat root, directory;

    if (lstat(new_root, &root) < 0 || lstat(path, &directory) < 0)
        return false;
    return S_ISDIR(directory.st_mode) && directory.st_dev == root.st_dev;
}

void early_mounts_hand_over(const char *new_root, bool detach_all)
{
    for (size_t i = 0; i < MOUNT_COUNT; i++) {
        bool keep = !detach_all || !strcmp(mounts[i].path, "/run");
        char target[256];

        if (keep && text_join(target, sizeof(target), new_root, mounts[i].path, NULL) == 0
            && is_directory_and_no_mount(new_root, target) && mount(mounts[i].path, target, NULL, MS_MOVE, NULL) == 0)
            continue;
        if (umount2(mounts[i].path, MNT_DETACH) < 0)
            log_warning("cannot unmount ", mounts[i].path, ": ", strerror(errno));
    }
}
