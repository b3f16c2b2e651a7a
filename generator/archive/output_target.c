#include "archive/output_target.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"

#define SYMLINKS_MAXIMUM 40u /* as the kernel follows */

char *output_target_directory(const char *path)
{
    const char *slash = strrchr(path, '/');

    if (!slash)
        return allocate_string(".");
    return allocate_text(path, slash == path ? 1 : (size_t)(slash - path));
}

const char *output_target_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* Replaces *path, a symlink, by what it says, seen from where it lies. */
static int follow(char **path)
{
    char content[PATH_MAX];
    ssize_t length = readlink(*path, content, sizeof(content));
    char *directory;

    if (length < 0)
        return -errno;
    if (length == sizeof(content))
        return -ENAMETOOLONG;
    directory = *content == '/' ? allocate_string("") : output_target_directory(*path);
    free(*path);
    *path = allocate_format("%s%s%.*s", directory, *directory ? "/" : "", (int)length, content);
    free(directory);
    return 0;
}

int output_target_find(const char *path, char **target)
{
    struct stat found, status;
    bool is_there = stat(path, &found) == 0;
    int result = is_there || errno == ENOENT ? 0 : -errno;

    *target = allocate_string(path);
    for (unsigned i = 0; i < SYMLINKS_MAXIMUM && result == 0; i++) {
        if (lstat(*target, &status) < 0 || !S_ISLNK(status.st_mode))
            break;
        result = follow(target);
    }
    if (result == 0 && *output_target_name(*target) == '\0')
        result = -EISDIR;
    if (result < 0 || !is_there)
        return result;
    if (S_ISDIR(found.st_mode))
        return -EISDIR;
    /* Links of /proc do not lead where they say. */
    if (!S_ISREG(found.st_mode) || lstat(*target, &status) < 0 || status.st_dev != found.st_dev
        || status.st_ino != found.st_ino)
        return -EMEDIUMTYPE;
    return 0;
}
