#include "base/sysroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/allocate.h"

int sysroot_open_at(int root, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)flags | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

    return fd < 0 ? -errno : (int)fd;
}

int sysroot_resolve(const char *sysroot, const char *path, char **resolved)
{
    char *link, *target;
    int root, fd, result;

    if (!strcmp(sysroot, "/")) {
        *resolved = realpath(path, NULL);
        return *resolved ? 0 : -errno;
    }
    root = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return -errno;
    fd = sysroot_open_at(root, path, O_PATH);
    close(root);
    if (fd < 0)
        return fd;
    link = allocate_format("/proc/self/fd/%d", fd);
    target = allocate(PATH_MAX);
    result = readlink(link, target, PATH_MAX - 1) < 0 ? -errno : 0;
    if (result < 0)
        free(target);
    else
        *resolved = target;
    free(link);
    close(fd);
    return result;
}

bool sysroot_has(const char *sysroot, const char *path)
{
    char *resolved = NULL;

    if (sysroot_resolve(sysroot, path, &resolved) < 0)
        return false;
    free(resolved);
    return true;
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

bool sysroot_is_glob(const char *path)
{
    return strpbrk(path, "*?[") != NULL;
}

/* The names in a directory of the sysroot that a part of a pattern matches. */
static void list_names(const char *sysroot, const char *directory, const char *part, struct string_list *names)
{
    char *resolved = NULL;
    DIR *stream;
    const struct dirent *entry;

    if (sysroot_resolve(sysroot, *directory ? directory : "/", &resolved) < 0 || !resolved)
        return;
    stream = opendir(resolved);
    while (stream && (entry = readdir(stream))) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0
            && fnmatch(part, entry->d_name, FNM_PERIOD) == 0)
            string_list_add(names, entry->d_name);
    }
    if (stream)
        closedir(stream);
    free(resolved);
}

/* prefix: what has been matched so far, "" for the root. */
static void expand(const char *sysroot, const char *prefix, const char *rest, struct string_list *paths)
{
    struct string_list names = {0};
    size_t length;
    char *part;

    rest += strspn(rest, "/");
    length = strcspn(rest, "/");
    if (length == 0) {
        if (sysroot_has(sysroot, prefix))
            string_list_add(paths, prefix);
        return;
    }
    part = allocate_text(rest, length);
    if (sysroot_is_glob(part))
        list_names(sysroot, prefix, part, &names);
    else
        string_list_add(&names, part);
    for (size_t i = 0; i < names.count; i++) {
        char *path = allocate_format("%s/%s", prefix, names.items[i]);

        expand(sysroot, path, rest + length, paths);
        free(path);
    }
    string_list_free(&names);
    free(part);
}

void sysroot_glob(const char *sysroot, const char *pattern, struct string_list *paths)
{
    struct string_list found = {0};

    expand(sysroot, "", pattern, &found);
    string_list_sort(&found);
    for (size_t i = 0; i < found.count; i++)
        string_list_add(paths, found.items[i]);
    string_list_free(&found);
}
