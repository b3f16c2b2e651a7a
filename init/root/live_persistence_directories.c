/*
 * What of a live system is kept: directories of the new root, each in the way that persistence.conf(5) says.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/persistence_conf.h"
#include "module/program.h"
#include "root/live.h"
#include "root/overlay.h"
#include "root/root_file.h"
#include "system/directory.h"
#include "system/failure.h"
#include "system/file.h"
#include "system/log.h"
#include "system/process.h"
#include "system/text.h"

#define BUSYBOX "/bin/busybox"
#define CONF_SIZE 16384u
#define LINKS_DEEPEST 32u /* directories below one that is linked file by file */

/* Makes the directories of a path in the new root, as far as they are missing. Returns it open, or -errno. */
static int open_directory(const char *path)
{
    char part[LIVE_PATH_SIZE];
    int fd = new_root_open("/", O_PATH | O_DIRECTORY);

    for (const char *end = path; fd >= 0 && *end;) {
        const char *start = end + strspn(end, "/");
        size_t length = strcspn(start, "/");
        int next;

        end = start + length;
        if (length == 0)
            break;
        if ((size_t)(end - path) >= sizeof(part)) {
            close(fd);
            return -ENAMETOOLONG;
        }
        memcpy(part, start, length);
        part[length] = '\0';
        if (mkdirat(fd, part, 0755) < 0 && errno != EEXIST)
            log_debug("cannot make ", path, ": ", strerror(errno));
        memcpy(part, path, (size_t)(end - path));
        part[end - path] = '\0';
        next = new_root_open(part, O_PATH | O_DIRECTORY);
        close(fd);
        fd = next;
    }
    return fd;
}

static int run_busybox(struct boot *boot, const char *command, const char *option, const char *one, const char *other)
{
    char *arguments[] = {(char *)(uintptr_t)BUSYBOX, (char *)(uintptr_t)command, (char *)(uintptr_t)option,
        (char *)(uintptr_t)one, (char *)(uintptr_t)other, NULL};
    const char *culprit = NULL;
    int result = program_unpack(&boot->index, BUSYBOX, &culprit);

    if (result == 0 && process_run(arguments) != 0)
        result = -EIO;
    return result;
}

/* What is not kept yet begins as what the live system has there. */
static int make_source(
    struct boot *boot, const struct persistence_entry *entry, int target, const char *target_path, const char *source)
{
    char from[LIVE_PATH_SIZE];
    struct stat status;
    int result;

    if (access(source, F_OK) == 0 || boot->live.overlay_read_only)
        return 0;
    result = directory_make(source);
    if (result < 0)
        return result;
    /* Owner and permissions, as they are in the live system. */
    if (fstat(target, &status) == 0
        && (chown(source, status.st_uid, status.st_gid) < 0 || chmod(source, status.st_mode & 07777) < 0))
        log_debug("cannot make ", source, " as its directory is: ", strerror(errno));
    if (entry->kind != PERSISTENCE_BIND)
        return 0;
    (void)text_join(from, sizeof(from), target_path, "/.", NULL);
    return run_busybox(boot, "cp", "-a", from, source);
}

/* Files of the source become links in the live system, directories are made and gone into. */
static int link_files(const char *source, int target, unsigned depth)
{
    struct directory directory;
    const struct dirent *entry;
    char path[LIVE_PATH_SIZE];
    int result = 0;

    directory_open(&directory, AT_FDCWD, source);
    while (result == 0 && (entry = directory_next(&directory)) != NULL) {
        result = text_join(path, sizeof(path), source, "/", entry->d_name, NULL);
        if (result == 0 && entry->d_type == DT_DIR && depth < LINKS_DEEPEST) {
            int next;

            (void)mkdirat(target, entry->d_name, 0755);
            next = openat(target, entry->d_name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
            result = next < 0 ? -errno : link_files(path, next, depth + 1);
            if (next >= 0)
                close(next);
        } else if (result == 0) {
            (void)unlinkat(target, entry->d_name, 0);
            if (symlinkat(path, target, entry->d_name) < 0)
                result = -errno;
        }
    }
    directory_close(&directory);
    return result;
}

/* Where an open directory of the new root is, by the kernel's word: no link leads out of there. */
static int path_of(int directory, char path[LIVE_PATH_SIZE])
{
    char link[64], digits[DECIMAL_SIZE];
    ssize_t length;

    (void)text_join(link, sizeof(link), "/proc/self/fd/", text_decimal((unsigned)directory, digits), NULL);
    length = readlink(link, path, LIVE_PATH_SIZE);
    if (length < 0)
        return -errno;
    if (length == LIVE_PATH_SIZE)
        return -ENAMETOOLONG;
    path[length] = '\0';
    return 0;
}

static int apply(struct boot *boot, const struct persistence_entry *entry, const char *source)
{
    char target_path[LIVE_PATH_SIZE], upper[LIVE_PATH_SIZE], work[LIVE_PATH_SIZE];
    int target = open_directory(entry->directory);
    int result = target < 0 ? target : path_of(target, target_path);

    if (result == 0)
        result = make_source(boot, entry, target, target_path, source);
    if (result == 0 && entry->kind == PERSISTENCE_LINK) {
        result = link_files(source, target, 0);
    } else if (result == 0 && entry->kind == PERSISTENCE_UNION) {
        if (text_join(upper, sizeof(upper), source, "/rw", NULL) < 0
            || text_join(work, sizeof(work), source, "/work", NULL) < 0)
            result = -ENAMETOOLONG;
        else
            result = overlay_mount_at(boot, target_path, target_path, upper, work);
    } else if (result == 0 && mount(source, target_path, NULL, MS_BIND, NULL) < 0) {
        result = -errno;
    }
    if (target >= 0)
        close(target);
    return result;
}

static int apply_all(struct boot *boot, const char *place)
{
    static char text[CONF_SIZE];
    struct persistence_entry entry;
    char path[LIVE_PATH_SIZE], source[LIVE_PATH_SIZE], *rest = text;
    int result;

    (void)text_join(path, sizeof(path), place, "/persistence.conf", NULL);
    if (file_read_text(AT_FDCWD, path, text, sizeof(text)) < 0)
        return 0; /* said before */
    while ((result = persistence_conf_next(&rest, &entry)) != 0) {
        if (result < 0) {
            log_warning(path, ": the line of ", entry.directory, " is not heeded: it makes no sense, or is not safe");
            continue;
        }
        if (!strcmp(entry.directory, "/"))
            continue; /* all of the root is kept already */
        (void)text_join(source, sizeof(source), place, *entry.source ? "/" : "", entry.source, NULL);
        result = apply(boot, &entry, source);
        if (result < 0)
            return failure_because(
                entry.directory, strerror(-result), "cannot keep ", entry.directory, " in ", source, NULL);
    }
    return 0;
}

int live_persistence_apply(struct boot *boot, const struct live_persistence *persistence)
{
    int result = 0;

    if (boot->live.layout == LIVE_CASPER)
        return 0;
    for (size_t i = 0; result == 0 && i < persistence->count; i++)
        result = apply_all(boot, persistence->places[i]);
    return result;
}

int live_delete(struct boot *boot, const char *directory)
{
    int result = run_busybox(boot, "rm", "-rf", directory, NULL);

    return result < 0 ? failure_because(directory, strerror(-result), "cannot delete what is in ", directory, NULL) : 0;
}
