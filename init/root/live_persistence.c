/*
 * Persistence: a file system, or a file that holds one, whose label says that it keeps what a live system writes, and
 * persistence.conf in it, which says what of it (live-boot(7), persistence.conf(5)). casper's keeps all there is.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contract/persistence_conf.h"
#include "device/block_device_read.h"
#include "module/program.h"
#include "root/fsck.h"
#include "root/live.h"
#include "root/mount_device.h"
#include "root/overlay.h"
#include "root/root_file.h"
#include "system/directory.h"
#include "system/failure.h"
#include "system/file.h"
#include "system/log.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define PLACES "/run/live/persistence"
#define PROBE PLACES "/probe"
#define BUSYBOX "/bin/busybox"
#define CONF_SIZE 16384u
#define LINKS_DEEPEST 32u /* directories below one that is linked file by file */

static bool has_label(struct block_device *device, const char *labels)
{
    if (text_list_has(labels, device->superblock.label))
        return true;
    if (device->partition_number == 0)
        return false;
    block_device_read_partition(device);
    return text_list_has(labels, device->partition.label);
}

/* Mounted read-only already where the medium is on it: one file system cannot be mounted in both ways, so that one is
 * made writable. */
static int mount_again(const struct boot *boot, const char *target)
{
    const struct live_places *places = live_places(boot);
    const char *from = *boot->live.file ? places->carrier : places->medium;

    if (mount(from, target, NULL, MS_BIND, NULL) < 0 || mount(NULL, target, NULL, MS_REMOUNT, NULL) < 0)
        return -errno;
    return 0;
}

/* A persistence that is asked for and cannot be used is no reason to lose what is written, in silence. */
static int mount_writable(struct boot *boot, struct block_device *device, const char *target)
{
    struct mount_task task = {.boot = boot, .device = device, .target = target};
    bool read_only = boot->live.overlay_read_only;
    int result = 0;

    if (!read_only && device->number != boot->live_medium)
        result = fsck_device(boot, device, NULL, "persistence", &read_only);
    if (result < 0)
        return result;
    (void)mkdir(target, 0755);
    task.options.flags = read_only ? MS_RDONLY : 0;
    result = mount_device_as(&task, device->superblock.type);
    if (result == -EBUSY && device->number == boot->live_medium)
        result = mount_again(boot, target);
    if (result == -EROFS || result == -EACCES
        || (result == 0 && !boot->live.overlay_read_only && access(target, W_OK) < 0))
        return failure(device->path, "read-only", "the persistence on ", device->path,
            " cannot be written to: boot with persistence-read-only or nopersistence", NULL);
    if (result < 0)
        return failure_because(device->path, strerror(-result), "cannot mount the persistence on ", device->path, NULL);
    return 0;
}

static int add_place(struct live_persistence *persistence, const char *path)
{
    if (persistence->count == LIVE_PERSISTENCES)
        return failure(path, "too many", "there are more persistences than ", path, " can be added to", NULL);
    return text_join(persistence->places[persistence->count++], LIVE_PATH_SIZE, path, NULL);
}

/* /run/live/persistence/sda2 */
static int name_place(const char *name, char place[LIVE_PATH_SIZE])
{
    const char *last = strrchr(name, '/');

    (void)mkdir("/run/live", 0755);
    (void)mkdir(PLACES, 0755);
    return text_join(place, LIVE_PATH_SIZE, PLACES "/", last ? last + 1 : name, NULL);
}

static int use_device(struct boot *boot, struct block_device *device, struct live_persistence *persistence)
{
    char place[LIVE_PATH_SIZE];
    int result = name_place(device->path, place);

    if (result == 0)
        result = mount_writable(boot, device, place);
    return result < 0 ? result : add_place(persistence, place);
}

/* Which of the labels is the name of a file there; length 0 for none. */
static const char *find_file(const struct live_words *words, const char *mounted, char path[LIVE_PATH_SIZE])
{
    const char *labels = words->persistence_label, *label;
    char name[128];
    struct stat status;
    size_t length;

    while ((label = text_list_next(&labels, &length)) != NULL) {
        if (length == 0 || length >= sizeof(name))
            continue;
        memcpy(name, label, length);
        name[length] = '\0';
        if (text_join(path, LIVE_PATH_SIZE, mounted, "/", words->persistence_directory, "/", name, NULL) == 0
            && stat(path, &status) == 0 && S_ISREG(status.st_mode))
            return path;
    }
    return NULL;
}

static bool holds_file(struct boot *boot, struct block_device *device)
{
    const char *type = device->superblock.type;
    char path[LIVE_PATH_SIZE];
    bool holds;

    if (!strcmp(type, "iso9660") || !strcmp(type, "squashfs") || !strcmp(type, "erofs"))
        return false; /* they keep nothing */
    if (live_mount_untouched(boot, device, PROBE) < 0)
        return false;
    holds = find_file(&boot->live, PROBE, path) != NULL;
    (void)umount2(PROBE, 0);
    return holds;
}

/* The file's own file system stays mounted beside it. */
static int use_file(struct boot *boot, struct block_device *device, struct live_persistence *persistence)
{
    char place[LIVE_PATH_SIZE], carrier[LIVE_PATH_SIZE], path[LIVE_PATH_SIZE];
    int result = name_place(device->path, place);

    if (result == 0)
        result = text_join(carrier, sizeof(carrier), place, "-file", NULL);
    if (result == 0)
        result = mount_writable(boot, device, carrier);
    if (result < 0)
        return result;
    if (!find_file(&boot->live, carrier, path))
        return failure(device->path, "gone", "the persistence in a file on ", device->path, " has gone", NULL);
    (void)mkdir(place, 0755);
    result = live_image_mount(boot, path, place, NULL, !boot->live.overlay_read_only);
    return result < 0 ? result : add_place(persistence, place);
}

static int look_at(struct boot *boot, struct block_device *device, struct live_persistence *persistence)
{
    const struct live_words *words = &boot->live;

    block_device_read_superblock(device);
    if (device->read_error < 0 || device->superblock.usage != SUPERBLOCK_FILESYSTEM || device->partly_read)
        return 0;
    if (!strncmp(device->path, "/dev/loop", strlen("/dev/loop")))
        return 0; /* ours */
    if (words->persistence_partitions && has_label(device, words->persistence_label))
        return use_device(boot, device, persistence);
    if (words->persistence_files && holds_file(boot, device))
        return use_file(boot, device, persistence);
    return 0;
}

/* "/ union" of the first that has it. A persistence of casper's is nothing else. */
static void find_root(const struct boot *boot, struct live_persistence *persistence)
{
    static char text[CONF_SIZE];
    struct persistence_entry entry;
    char path[LIVE_PATH_SIZE], *rest;

    for (size_t i = 0; i < persistence->count && !*persistence->root; i++) {
        if (boot->live.layout == LIVE_CASPER) {
            (void)text_join(persistence->root, LIVE_PATH_SIZE, persistence->places[i], NULL);
            return;
        }
        (void)text_join(path, sizeof(path), persistence->places[i], "/persistence.conf", NULL);
        if (file_read_text(AT_FDCWD, path, text, sizeof(text)) < 0) {
            log_warning(path, " cannot be read: nothing is kept on that file system");
            continue;
        }
        rest = text;
        for (int result; (result = persistence_conf_next(&rest, &entry)) != 0;) {
            if (result > 0 && !strcmp(entry.directory, "/") && entry.kind == PERSISTENCE_UNION)
                (void)text_join(persistence->root, LIVE_PATH_SIZE, persistence->places[i], *entry.source ? "/" : "",
                    entry.source, NULL);
        }
    }
}

int live_persistence_find(struct boot *boot, struct live_persistence *persistence)
{
    struct block_devices *blocks = &boot->devices.blocks;
    int result = devices_settle_all(&boot->devices, timing_now() + WAIT_SETTLE_ALL);

    if (result < 0 && result != -ETIMEDOUT)
        return failure_because("persistence", strerror(-result), "cannot wait for devices", NULL);
    (void)mkdir("/run/live", 0755);
    (void)mkdir(PLACES, 0755);
    result = 0;
    for (size_t i = 0; result == 0 && i < blocks->count; i++)
        result = look_at(boot, blocks->list[i], persistence);
    (void)rmdir(PROBE);
    if (result < 0)
        return result;
    if (persistence->count == 0)
        log_warning("persistence was asked for, and nothing is labelled ", boot->live.persistence_label,
            ": what is written goes to memory");
    else
        boot->options.keep_shutdown = true; /* it is left clean only from outside */
    find_root(boot, persistence);
    return 0;
}

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

/* Owner and permissions, as they are in the live system. */
static void make_alike(int like, const char *path)
{
    struct stat status;

    if (fstat(like, &status) < 0)
        return;
    if (chown(path, status.st_uid, status.st_gid) < 0 || chmod(path, status.st_mode & 07777) < 0)
        log_debug("cannot make ", path, " as its directory is: ", strerror(errno));
}

/* What is not kept yet begins as what the live system has there. */
static int make_source(
    struct boot *boot, const struct persistence_entry *entry, int target, const char *target_path, const char *source)
{
    char from[LIVE_PATH_SIZE];
    int result;

    if (access(source, F_OK) == 0 || boot->live.overlay_read_only)
        return 0;
    result = directory_make(source);
    if (result < 0)
        return result;
    make_alike(target, source);
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

static int lay_over(struct boot *boot, const char *source, const char *target)
{
    char upper[LIVE_PATH_SIZE], work[LIVE_PATH_SIZE];

    if (text_join(upper, sizeof(upper), source, "/rw", NULL) < 0
        || text_join(work, sizeof(work), source, "/work", NULL) < 0)
        return -ENAMETOOLONG;
    return overlay_mount_at(boot, target, target, upper, work);
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
    char target_path[LIVE_PATH_SIZE];
    int target = open_directory(entry->directory);
    int result = target < 0 ? target : path_of(target, target_path);

    if (result == 0)
        result = make_source(boot, entry, target, target_path, source);
    if (result == 0 && entry->kind == PERSISTENCE_LINK)
        result = link_files(source, target, 0);
    else if (result == 0 && entry->kind == PERSISTENCE_UNION)
        result = lay_over(boot, source, target_path);
    else if (result == 0 && mount(source, target_path, NULL, MS_BIND, NULL) < 0)
        result = -errno;
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
