#include "base/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/debris.h"
#include "base/log.h"

#define PREFIX "kindling-scratch-"
#define RANDOM_PART "XXXXXX"

static int open_directory(int parent, const char *name)
{
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

/* This user's own, and nobody else's to look into, as mkdtemp(3) makes them, whose lock nobody holds any more. */
static void remove_stale(const char *parent_path)
{
    DIR *parent = opendir(parent_path);
    const struct dirent *entry;

    while (parent && (entry = readdir(parent))) {
        struct stat status;
        char *path;
        int fd;

        if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) != 0 || strlen(entry->d_name) != strlen(PREFIX RANDOM_PART))
            continue;
        fd = open_directory(dirfd(parent), entry->d_name);
        if (fd < 0)
            continue;
        path = allocate_format("%s/%s", parent_path, entry->d_name);
        if (fstat(fd, &status) == 0 && status.st_uid == geteuid() && (status.st_mode & 077) == 0
            && flock(fd, LOCK_EX | LOCK_NB) == 0)
            debris_remove(path);
        free(path);
        close(fd);
    }
    if (parent)
        closedir(parent);
}

/* -ESTALE: another run found it between its making and its locking, and removed it. A file system without locks has no
 * stale ones removed, and no other harm. */
static int make_locked(struct scratch *scratch, const char *parent)
{
    struct stat held, named;

    scratch->path = allocate_format("%s/" PREFIX RANDOM_PART, parent);
    if (!mkdtemp(scratch->path))
        return -errno;
    scratch->lock = open_directory(AT_FDCWD, scratch->path);
    if (scratch->lock < 0) {
        int result = errno == ENOENT ? -ESTALE : -errno;

        rmdir(scratch->path);
        return result;
    }
    flock(scratch->lock, LOCK_EX);
    if (fstat(scratch->lock, &held) == 0 && lstat(scratch->path, &named) == 0 && held.st_ino == named.st_ino
        && held.st_dev == named.st_dev)
        return 0;
    close(scratch->lock);
    return -ESTALE;
}

int scratch_make(struct scratch *scratch)
{
    const char *temporary = getenv("TMPDIR");
    const char *parent = temporary && *temporary ? temporary : "/tmp";
    int result;

    *scratch = (struct scratch){.lock = -1};
    remove_stale(parent);
    do {
        free(scratch->path);
        result = make_locked(scratch, parent);
    } while (result == -ESTALE);
    if (result == 0) {
        debris_add(scratch->path);
        return 0;
    }
    log_error("cannot make a scratch directory %s: %s", scratch->path, strerror(-result));
    free(scratch->path);
    scratch->path = NULL;
    return result;
}

void scratch_remove(struct scratch *scratch)
{
    if (!scratch->path)
        return;
    debris_remove(scratch->path);
    close(scratch->lock);
    free(scratch->path);
    *scratch = (struct scratch){.lock = -1};
}
