#include "root/shutdown.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/sendfile.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "contract/fstab.h"
#include "root/console.h"
#include "storage/storage.h"
#include "system/directory.h"
#include "system/log.h"
#include "system/text.h"
#include "system/waits.h"

#define INSTALLED_PATH "/run/initramfs/shutdown"
#define OLD_ROOT "/oldroot"
#define MOUNTINFO "/proc/self/mountinfo"

#define COPY_SIZE (1u << 20)

static const struct end {
    char name[12];
    int command;
} ends[] = {
    {"poweroff", RB_POWER_OFF},
    {"exit", RB_POWER_OFF}, /* out of a container; a machine has nowhere to go */
    {"halt", RB_HALT_SYSTEM},
    {"kexec", (int)RB_KEXEC},
    {"reboot", RB_AUTOBOOT},
};

bool shutdown_is_asked(const char *argv0)
{
    const char *slash = strrchr(argv0, '/');

    return !strcmp(slash ? slash + 1 : argv0, "shutdown");
}

/* The fifth word of a line, cut out; NULL when it is neither the old root nor below it. */
static char *mount_point(char *line)
{
    char *path = line;

    for (unsigned blanks = 0; path && blanks < 4; blanks++) {
        path = strchr(path, ' ');
        if (path)
            path++;
    }
    if (!path || strncmp(path, OLD_ROOT, strlen(OLD_ROOT)) != 0 || !strchr("/ ", path[strlen(OLD_ROOT)]))
        return NULL;
    path[strcspn(path, " ")] = '\0';
    fstab_decode(path);
    return path;
}

static ssize_t read_mounts(char *text, size_t size)
{
    int fd = open(MOUNTINFO, O_RDONLY | O_CLOEXEC);
    size_t length = 0;
    ssize_t got = 0;

    while (fd >= 0 && (got = read(fd, text + length, size - 1 - length)) > 0)
        length += (size_t)got;
    if (fd >= 0)
        close(fd);
    text[length] = '\0';
    return (ssize_t)length;
}

#define KEPT_MAX 64u

/* What is in memory and in use goes when its last user does: the pipes and sockets of those that are to stay must not
 * keep what it is mounted on. Unless another mount hangs on it. */
static bool let_go(const char *path, char *const kept[], unsigned count)
{
    struct statfs status;
    size_t length = strlen(path);

    if (count >= KEPT_MAX || statfs(path, &status) < 0 || status.f_type != TMPFS_MAGIC)
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (!strncmp(kept[i], path, length) && kept[i][length] == '/')
            return false;
    }
    return umount2(path, MNT_DETACH) == 0;
}

/* Goes once through all mounts, the last first. Returns how many are left. What is left is named when it is the last
 * try, and kept from being written to. somebody_stays: see let_go. */
static unsigned unmount_once(bool is_last_try, bool somebody_stays)
{
    static char text[256u << 10];
    char *end = text + read_mounts(text, sizeof(text));
    char *kept[KEPT_MAX];
    unsigned left = 0;

    while (end > text) {
        char *line, *path;

        *--end = '\0';
        line = memrchr(text, '\n', (size_t)(end - text));
        line = line ? line + 1 : text;
        end = line;
        path = mount_point(line);
        if (!path || umount2(path, 0) == 0 || (somebody_stays && let_go(path, kept, left)))
            continue;
        if (left < KEPT_MAX)
            kept[left] = path;
        left++;
        if (!is_last_try)
            continue;
        log_warning("cannot unmount ", path, ": ", strerror(errno));
        mount(NULL, path, NULL, MS_REMOUNT | MS_RDONLY, NULL);
    }
    return left;
}

/* Whose name begins with @ serves the root's own disks (systemd.io/ROOT_STORAGE_DAEMONS), as mdmon does. */
static bool is_to_stay(const char *process)
{
    char path[64], first = '\0';
    int fd =
        text_join(path, sizeof(path), "/proc/", process, "/cmdline", NULL) == 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;

    if (fd >= 0 && read(fd, &first, 1) < 0)
        first = '\0';
    if (fd >= 0)
        close(fd);
    return first == '@';
}

/* Returns whether there is somebody who is to stay. */
static bool kill_all(void)
{
    struct directory directory;
    const struct dirent *entry;
    bool somebody_stays = false;
    uint64_t process;

    directory_open(&directory, AT_FDCWD, "/proc");
    if (directory.fd < 0)
        kill(-1, SIGKILL);
    while ((entry = directory_next(&directory)) != NULL) {
        if (text_to_number(entry->d_name, &process) < 0 || process <= 1)
            continue;
        if (is_to_stay(entry->d_name))
            somebody_stays = true;
        else
            kill((pid_t)process, SIGKILL);
    }
    directory_close(&directory);
    return somebody_stays;
}

static void unmount_all(void)
{
    bool somebody_stays;
    unsigned left = unmount_once(false, false);

    for (unsigned i = 0; i < WAIT_UNMOUNT_TRIES && left > 0; i++) {
        somebody_stays = kill_all(); /* whoever has survived until now */
        while (waitpid(-1, NULL, WNOHANG) > 0)
            continue;
        poll(NULL, 0, WAIT_UNMOUNT_MILLISECONDS);
        left = unmount_once(i == WAIT_UNMOUNT_TRIES - 1, somebody_stays);
    }
    if (left == 0)
        log_info("the old root is unmounted");
}

static int command_of(const char *name)
{
    for (size_t i = 0; name && i < sizeof(ends) / sizeof(ends[0]); i++) {
        if (!strcmp(name, ends[i].name))
            return ends[i].command;
    }
    return RB_AUTOBOOT;
}

int shutdown_main(char **argv)
{
    (void)console_take();
    log_open();
    log_set_level(LOG_LEVEL_INFO);
    unmount_all();
    storage_take_down(storage_assemblers);
    sync();
    reboot(command_of(argv[1]));
    reboot(RB_AUTOBOOT); /* no kernel was loaded for kexec */
    return 1;
}

/* Until the end of the file. One call copies what fits and calls that a success; the next one says what is wrong. */
static bool copy(int to, int from)
{
    ssize_t copied;

    do
        copied = sendfile(to, from, NULL, COPY_SIZE);
    while (copied > 0);
    return copied == 0;
}

void shutdown_install(void)
{
    int from = open("/init", O_RDONLY | O_CLOEXEC);
    int to = open(INSTALLED_PATH, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

    if (from < 0 || to < 0 || !copy(to, from)) {
        log_warning("cannot make " INSTALLED_PATH ": ", strerror(errno));
        (void)unlink(INSTALLED_PATH); /* half of it is worse than none */
    }
    if (from >= 0)
        close(from);
    if (to >= 0)
        close(to);
}
