#include "base/sysroot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/allocate.h"

static int path_of(int fd, char **path)
{
    char *link = allocate_format("/proc/self/fd/%d", fd);
    char *target = allocate(PATH_MAX);
    ssize_t length = readlink(link, target, PATH_MAX - 1);
    int result = length < 0 ? -errno : 0;

    free(link);
    if (result < 0)
        free(target);
    else
        *path = target;
    return result;
}

static int resolve_in(int root, const char *path, char **resolved)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
    int result;

    if (fd < 0)
        return -errno;
    result = path_of((int)fd, resolved);
    close((int)fd);
    return result;
}

int sysroot_resolve(const char *sysroot, const char *path, char **resolved)
{
    int root;
    int result;

    if (!strcmp(sysroot, "/")) {
        *resolved = realpath(path, NULL);
        return *resolved ? 0 : -errno;
    }
    root = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return -errno;
    result = resolve_in(root, path, resolved);
    close(root);
    return result;
}

int sysroot_canonical(const char *sysroot, const char *path, char **canonical)
{
    char *root = NULL;
    char *resolved = NULL;
    size_t length;
    int result = sysroot_resolve(sysroot, "/", &root);

    if (result == 0)
        result = sysroot_resolve(sysroot, path, &resolved);
    if (result == 0 && root && resolved) {
        /* "/" is the one root that ends in a slash. */
        length = strlen(root) > 1 ? strlen(root) : 0;
        *canonical = allocate_string(resolved[length] ? resolved + length : "/");
    }
    free(resolved);
    free(root);
    return result;
}
