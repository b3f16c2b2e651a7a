#include "archive/output_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "archive/output_target.h"
#include "base/allocate.h"
#include "base/debris.h"
#include "base/file.h"
#include "base/log.h"
#include "base/stop.h"

#define RANDOM_PART "XXXXXX"
#define ALPHANUMERICS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define NAME_LENGTH_MAXIMUM 230 /* of the target's part in a temporary name; file systems take 255 bytes in all */

static int fail(const char *path, int error)
{
    log_error("cannot write %s: %s", path, error == -EMEDIUMTYPE ? "it is not a regular file" : strerror(-error));
    return error;
}

/* The writer of a temporary file holds a lock on it for life, so one that can be locked has no writer. Behind the
 * prefix are random letters that mkostemp(3) puts in the place of its six X, and it made the file for this user: what
 * only has such a name is left alone. */
static void remove_stale_files(const char *directory_path, const char *prefix)
{
    DIR *directory = opendir(directory_path);
    const struct dirent *entry;
    size_t length = strlen(prefix);

    while (directory && (entry = readdir(directory))) {
        const char *name = entry->d_name;
        struct stat status;
        int fd;

        if (strncmp(name, prefix, length) != 0 || strlen(name) != length + strlen(RANDOM_PART)
            || strspn(name + length, ALPHANUMERICS) != strlen(RANDOM_PART))
            continue;
        fd = openat(dirfd(directory), name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() && status.st_nlink == 1
            && (status.st_mode & 077) == 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            unlinkat(dirfd(directory), name, 0);
        close(fd);
    }
    if (directory)
        closedir(directory);
}

static int create_temporary(struct output_file *file, const char *directory, const char *prefix)
{
    struct stat status;
    int result;

    for (;;) {
        free(file->temporary);
        file->temporary = allocate_format("%s/%s" RANDOM_PART, directory, prefix);
        file->fd = mkostemp(file->temporary, O_CLOEXEC);
        if (file->fd < 0)
            return -errno;
        /* A file system without locks has no stale files removed, and no other harm. */
        flock(file->fd, LOCK_EX);
        /* In between, another program may have taken our file for a stale one: then it has no name left. */
        result = fstat(file->fd, &status) < 0 ? -errno : 0;
        if (result == 0 && status.st_nlink > 0)
            return 0;
        close(file->fd);
        if (result < 0)
            return result;
    }
}

int output_file_open(struct output_file *file, const char *path)
{
    int result;

    *file = (struct output_file){.path = path, .fd = -1};
    result = output_target_find(path, &file->target);
    if (result == 0) {
        char *directory = output_target_directory(file->target);
        /* Room for the temporary name's own parts, where the file's name is near to what the file system takes. */
        char *prefix = allocate_format(".%.*s.kindling-", NAME_LENGTH_MAXIMUM, output_target_name(file->target));

        remove_stale_files(directory, prefix);
        result = create_temporary(file, directory, prefix);
        free(prefix);
        free(directory);
    }
    if (result == 0) {
        debris_add(file->temporary);
        return 0;
    }
    free(file->temporary);
    free(file->target);
    *file = (struct output_file){.fd = -1};
    return fail(path, result);
}

int output_file_reserve(const struct output_file *file, uint64_t size)
{
    struct statvfs status;

    if (size == 0 || fallocate(file->fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size) == 0)
        return 0;
    if (errno == ENOSPC || errno == EDQUOT)
        return -errno;
    /* The file system cannot set room aside. */
    return fstatvfs(file->fd, &status) == 0 && status.f_bavail < size / status.f_frsize ? -ENOSPC : 0;
}

int output_file_write(struct output_file *file, const void *bytes, size_t size)
{
    const char *next = bytes;

    while (size > 0) {
        ssize_t written = write(file->fd, next, size);
        off_t end;

        if (stop_check() < 0)
            return -EINTR;
        if (written < 0 && errno != EINTR)
            return -errno;
        if (written <= 0)
            continue;
        next += written;
        size -= (size_t)written;
        /* The kernel may begin to put it on the disk, so that there is less to wait for in the end. */
        end = lseek(file->fd, 0, SEEK_CUR);
        if (end >= (off_t)written)
            sync_file_range(file->fd, end - (off_t)written, (off_t)written, SYNC_FILE_RANGE_WRITE);
    }
    return 0;
}

/* Where fsync of a directory brings to the disk what was renamed in it. VFAT's succeeds, and the name still leads to
 * what the file was before. */
static bool keeps_names_by_fsync(int fd)
{
    static const unsigned magics[] = {
        EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC, TMPFS_MAGIC};
    struct statfs status;

    if (fstatfs(fd, &status) < 0)
        return false;
    for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++) {
        if ((unsigned)status.f_type == magics[i])
            return true;
    }
    return false;
}

static int open_directory(const char *path)
{
    char *directory = output_target_directory(path);
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    free(directory);
    return fd < 0 ? -errno : fd;
}

/* VFAT's syncfs leaves what it wrote in the disk's own cache, and its fsync empties that. */
static int sync_names(int fd)
{
    if (!keeps_names_by_fsync(fd) && syncfs(fd) < 0)
        return -errno;
    return fsync(fd) < 0 && errno != EINVAL ? -errno : 0;
}

int output_file_sync_directory(const char *path)
{
    int fd = open_directory(path);
    int result = fd < 0 ? fd : sync_names(fd);

    if (fd >= 0)
        close(fd);
    return result;
}

/* To rename over a file deletes it, and without a journal a power cut may come when its clusters are free and its name
 * still leads to them. Two files that change their names are whole at any time. */
static int exchange(const char *temporary, const char *target, int directory)
{
    int result;

    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, target, RENAME_EXCHANGE) < 0)
        return -errno;
    result = sync_names(directory);
    unlink(temporary);
    return result;
}

static int rename_over(const char *temporary, const char *target)
{
    int directory = open_directory(target);
    int result;

    if (directory < 0)
        return directory;
    result = keeps_names_by_fsync(directory) ? -EINVAL : exchange(temporary, target, directory);
    /* There is nothing to exchange it with, or no way to. */
    if (result == -ENOENT || result == -EINVAL || result == -ENOSYS)
        result = rename(temporary, target) < 0 ? -errno : sync_names(directory);
    close(directory);
    return result;
}

int output_file_commit(struct output_file *file, bool if_changed)
{
    int result = stop_check();

    if (result == 0 && if_changed && file_is_same(file->target, file->temporary)) {
        output_file_discard(file);
        return 0;
    }
    if (result == 0 && fsync(file->fd) < 0)
        result = -errno;
    /* Renamed while still open and locked: nobody may take it for stale before it has its name. */
    if (result == 0)
        result = rename_over(file->temporary, file->target);
    if (access(file->temporary, F_OK) < 0) {
        debris_forget(file->temporary);
        free(file->temporary);
        file->temporary = NULL;
    }
    if (result < 0)
        fail(file->path, result);
    output_file_discard(file);
    return result;
}

void output_file_discard(struct output_file *file)
{
    if (file->fd < 0)
        return;
    if (file->temporary)
        debris_remove(file->temporary);
    close(file->fd);
    free(file->temporary);
    free(file->target);
    *file = (struct output_file){.fd = -1};
}
