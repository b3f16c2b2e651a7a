/*
 * The hand-over. What can fail harmlessly comes first; from the deletion on there is no way back, so it is guarded:
 * only as PID 1, only on a ramfs or tmpfs, only on the device that / is on, and never through a symbolic link.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "module/member.h"
#include "module/modprobe.h"
#include "root/credentials.h"
#include "root/init_arguments.h"
#include "root/mounts.h"
#include "root/network.h"
#include "root/network_root.h"
#include "root/shutdown.h"
#include "root/steps.h"
#include "system/directory.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/process.h"
#include "system/timing.h"

/* Names below this many directories stay; no image has them, and the stack is ours to mind. */
#define DEEPEST 64u

static void delete_below(int fd, dev_t device, unsigned depth);

/* Goes into a directory of the same device and deletes what is there. */
static void empty_directory(int parent, const char *name, dev_t device, unsigned depth)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;

    if (fd < 0)
        return;
    if (fstat(fd, &status) == 0 && status.st_dev == device && depth < DEEPEST)
        delete_below(fd, device, depth + 1);
    else
        close(fd);
}

/* Takes the descriptor over. What can't be deleted stays: memory is lost then, but no boot. */
static void delete_below(int fd, dev_t device, unsigned depth)
{
    struct directory directory;
    const struct dirent *entry;

    directory_begin(&directory, fd);
    while ((entry = directory_next(&directory)) != NULL) {
        if (entry->d_type != DT_DIR) {
            unlinkat(fd, entry->d_name, 0);
            continue;
        }
        empty_directory(fd, entry->d_name, device, depth);
        unlinkat(fd, entry->d_name, AT_REMOVEDIR);
    }
    directory_close(&directory);
}

/* Frees the memory that the unpacked image takes. Takes the descriptor over. A child does it while the real init
 * starts, and gives way to whoever else wants the processor: 4 ms for a small image that the boot need not wait for. It
 * holds nothing but the descriptor, and ends as any orphan does, reaped by the real init. */
static void empty_initramfs(int old_root)
{
    struct stat status;
    struct statfs file_system;
    pid_t child;

    if (fstat(old_root, &status) < 0 || getpid() != 1 || fstatfs(old_root, &file_system) < 0 || status.st_dev == 0
        || ((unsigned long)file_system.f_type != RAMFS_MAGIC && (unsigned long)file_system.f_type != TMPFS_MAGIC)) {
        log_warning("the initramfs is not on a ramfs or tmpfs: its files stay where they are");
        close(old_root);
        return;
    }
    child = fork();
    if (child > 0) {
        close(old_root);
        return;
    }
    if (child == 0)
        setpriority(PRIO_PROCESS, 0, 19);
    delete_below(old_root, status.st_dev, 0);
    if (child == 0)
        _exit(0);
}

static int cannot_switch(const char *what)
{
    return failure_because(IMAGE_ROOT_PATH, strerror(errno), "cannot ", what, " " IMAGE_ROOT_PATH, NULL);
}

/* From Linux 7.0 on an immutable root lies below the initramfs, which can be pivoted away like any other file system;
 * both lie on "." between the two calls (pivot_root(2)). Older kernels refuse that with EINVAL. The kernel keeps a
 * reference to the initramfs, so that unmounting it alone would free nothing. Where there is no way to pivot, the new
 * root is moved over the initramfs (Documentation/filesystems/ramfs-rootfs-initramfs.rst). */
static int change_root(void)
{
    int old_root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool pivoted;

    if (old_root < 0)
        return cannot_switch("leave / for");
    if (chdir(IMAGE_ROOT_PATH) < 0) {
        close(old_root);
        return cannot_switch("enter");
    }
    pivoted = syscall(SYS_pivot_root, ".", ".") == 0;
    if (pivoted && umount2(".", MNT_DETACH) < 0)
        log_warning("cannot unmount the initramfs: ", strerror(errno));
    empty_initramfs(old_root);
    if (!pivoted && (mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0))
        return cannot_switch("move");
    return chdir("/") < 0 ? cannot_switch("enter") : 0;
}

int step_hand_over(struct boot *boot)
{
    /* The kernel gives none, and other initramfs do: there are inits whose scripts rely on it (Debian's runit). */
    static char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    uint64_t start = timing_now();
    int result;

    module_load_asked_for(&boot->modules, LOAD_LAST);
    modprobe_restore();
    if (boot->options.keep_shutdown)
        shutdown_install();
    storage_hand_over(&boot->storage);
    network_root_hand_over();
    credentials_hand_over();
    network_hand_over(boot);
    log_restore();
    member_release();
    mounts_hand_over(IMAGE_ROOT_PATH, boot->options.detach_mounts);
    result = change_root();
    if (result < 0)
        return result;
    timing_note("step", "hand-over", start);
    (void)timing_save(); /* where the root keeps no /run there is nobody to read it */
    process_set_path(path, false);
    execv(boot->next_init, init_arguments(boot));
    return failure_because(boot->next_init, strerror(errno), "cannot start ", boot->next_init, NULL);
}
