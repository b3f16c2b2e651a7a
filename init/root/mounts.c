#include "root/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "root/console.h"
#include "root/steps.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"

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

int step_mounts(struct boot *boot)
{
    (void)boot;
    for (size_t i = 0; i < MOUNT_COUNT; i++) {
        const struct early_mount *m = &mounts[i];

        if ((mkdir(m->path, 0755) < 0 && errno != EEXIST)
            || (mount(m->type, m->path, m->type, m->flags, m->data) < 0 && errno != EBUSY))
            return failure_because(m->path, strerror(errno), "cannot mount ", m->type, " on ", m->path, NULL);
    }
    if (mkdir("/run/initramfs", 0755) < 0 && errno != EEXIST)
        log_warning("cannot make /run/initramfs: ", strerror(errno));
    (void)console_take();
    log_open();
    return 0;
}

/* 0 for a directory that nothing is mounted on, else -errno: -EXDEV for a mount. Not by st_dev: a subvolume of btrfs
 * has one of its own, and is no mount. */
static int check_mount_point(const char *new_root, const char *path)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, .resolve = RESOLVE_NO_XDEV};
    int root = open(new_root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    long fd;
    int result;

    if (root < 0)
        return -errno;
    fd = syscall(SYS_openat2, root, path + 1, &how, sizeof(how));
    if (fd < 0 && errno == ENOSYS) /* before Linux 5.6: a mount on it is then covered */
        fd = openat(root, path + 1, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    result = fd < 0 ? -errno : 0;
    close(root);
    if (fd >= 0)
        close((int)fd);
    return result;
}

void mounts_hand_over(const char *new_root, bool detach_all)
{
    for (size_t i = 0; i < MOUNT_COUNT; i++) {
        bool keep = !detach_all || !strcmp(mounts[i].path, "/run");
        char target[256];
        int result = keep ? text_join(target, sizeof(target), new_root, mounts[i].path, NULL) : -EXDEV;

        if (result == 0)
            result = check_mount_point(new_root, mounts[i].path);
        if (result == 0 && mount(mounts[i].path, target, NULL, MS_MOVE, NULL) < 0)
            result = -errno;
        if (result == 0)
            continue;
        if (result != -EXDEV && !detach_all)
            log_warning("the root starts without ", mounts[i].path, ": ", strerror(-result));
        if (umount2(mounts[i].path, MNT_DETACH) < 0)
            log_warning("cannot unmount ", mounts[i].path, ": ", strerror(errno));
    }
}
