#include "system/sysfs.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/text.h"

static bool join(char path[SYSFS_PATH_SIZE], const char *directory, const char *name)
{
    return text_join(path, SYSFS_PATH_SIZE, directory, "/", name, NULL) == 0;
}

/* "" when there is no such link. */
static void read_link(int sysfs, const char *directory, const char *name, char target[SYSFS_PATH_SIZE])
{
    char path[SYSFS_PATH_SIZE];
    ssize_t length = join(path, directory, name) ? readlinkat(sysfs, path, target, SYSFS_PATH_SIZE) : 0;

    target[length < 0 || length == SYSFS_PATH_SIZE ? 0 : length] = '\0';
}

bool sysfs_find(int sysfs, const char *class, const char *name, char directory[SYSFS_PATH_SIZE])
{
    static const char up[] = "../../";
    char target[SYSFS_PATH_SIZE];

    read_link(sysfs, class, name, target);
    if (strncmp(target, up, strlen(up)) != 0)
        return false;
    return text_join(directory, SYSFS_PATH_SIZE, target + strlen(up), NULL) == 0;
}

bool sysfs_ascend(char directory[SYSFS_PATH_SIZE])
{
    char *last = strrchr(directory, '/');

    if (!last || last == strchr(directory, '/'))
        return false;
    *last = '\0';
    return true;
}

const char *sysfs_name(const char *path)
{
    const char *last = strrchr(path, '/');

    return last ? last + 1 : path;
}

void sysfs_subsystem(int sysfs, const char *directory, char subsystem[SYSFS_PATH_SIZE])
{
    char target[SYSFS_PATH_SIZE];

    read_link(sysfs, directory, "subsystem", target);
    (void)text_join(subsystem, SYSFS_PATH_SIZE, sysfs_name(target), NULL);
}

bool sysfs_read(int sysfs, const char *directory, const char *attribute, char value[SYSFS_VALUE_SIZE])
{
    size_t length = sysfs_read_bytes(sysfs, directory, attribute, value, SYSFS_VALUE_SIZE - 1);

    if (length > 0 && value[length - 1] == '\n')
        length--;
    value[length] = '\0';
    return length > 0;
}

bool sysfs_search(int sysfs, char directory[SYSFS_PATH_SIZE], const char *attribute, char value[SYSFS_VALUE_SIZE])
{
    do {
        size_t length = sysfs_read(sysfs, directory, attribute, value) ? strlen(value) : 0;

        while (length > 0 && strchr(" \t\n", value[length - 1]))
            value[--length] = '\0';
        if (length > 0)
            return true;
    } while (sysfs_ascend(directory));
    return false;
}

size_t sysfs_read_bytes(int sysfs, const char *directory, const char *attribute, void *bytes, size_t size)
{
    char path[SYSFS_PATH_SIZE];
    ssize_t length;
    int fd = join(path, directory, attribute) ? openat(sysfs, path, O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0)
        return 0;
    length = read(fd, bytes, size); /* sysfs gives all at once */
    close(fd);
    return length < 0 ? 0 : (size_t)length;
}

bool sysfs_has_driver(int sysfs, const char *directory)
{
    char path[SYSFS_PATH_SIZE];
    struct stat driver;

    return join(path, directory, "driver") && fstatat(sysfs, path, &driver, 0) == 0;
}
