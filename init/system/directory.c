#define _LARGEFILE64_SOURCE /* musl: getdents64() */
#include "system/directory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void directory_begin(struct directory *directory, int fd)
{
    directory->fd = fd;
    directory->at = directory->length = 0;
}

void directory_open(struct directory *directory, int parent, const char *path)
{
    directory_begin(directory, openat(parent, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

const struct dirent *directory_next(struct directory *directory)
{
    for (;;) {
        const struct dirent *entry;

        if (directory->at >= directory->length) {
            ssize_t length = getdents64(directory->fd, (void *)directory->bytes, sizeof(directory->bytes));

            directory->at = 0;
            directory->length = length < 0 ? 0 : (size_t)length;
            if (length <= 0)
                return NULL;
        }
        entry = (const void *)(directory->bytes + directory->at);
        directory->at += entry->d_reclen;
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            return entry;
    }
}

void directory_close(struct directory *directory)
{
    close(directory->fd);
}

void directory_make_parents(const char *path)
{
    char part[PATH_MAX];

    for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path);

        if (length >= sizeof(part))
            return;
        memcpy(part, path, length);
        part[length] = '\0';
        (void)mkdir(part, 0755);
    }
}

int directory_make(const char *path)
{
    directory_make_parents(path);
    return mkdir(path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}
