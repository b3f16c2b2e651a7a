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

static bool is_symlink(const char *path)
{
    struct stat status;

    return lstat(path, &status) == 0 && S_ISLNK(status.st_mode);
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

/* expected: what the kernel found. Links of /proc do not lead where they say. */
static int check_type(const char *target, const struct stat *expected)
{
    struct stat status;

    if (S_ISDIR(expected->st_mode))
        return -EISDIR;
    if (!S_ISREG(expected->st_mode) || lstat(target, &status) < 0 || status.st_dev != expected->st_dev
        || status.st_ino != expected->st_ino)
        return -EMEDIUMTYPE;
    return 0;
}

int output_target_find(const char *path, char **target)
{
    struct stat status;
    bool is_there = stat(path, &status) == 0;
    int result = is_there || errno == ENOENT ? 0 : -errno;

    *target = allocate_string(path);
    for (unsigned i = 0; i < SYMLINKS_MAXIMUM && result == 0 && is_symlink(*target); i++)
        result = follow(target);
    if (result == 0 && *output_target_name(*target) == '\0')
        result = -EISDIR;
    if (result == 0 && is_there)
        result = check_type(*target, &status);
    return result;
}
