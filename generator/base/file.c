#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/stop.h"
#include "base/sysroot.h"

#define READ_SIZE (64u << 10)

int file_read_fd(int fd, struct buffer *bytes)
{
    size_t start = bytes->size;
    struct stat status;
    bool is_told = fstat(fd, &status) == 0 && status.st_size > 0 && status.st_size <= UINT32_MAX;

    /* One byte more than the file is long, so that its end is seen without another allocation. */
    buffer_reserve(bytes, is_told ? (size_t)status.st_size + 1 : READ_SIZE);
    for (;;) {
        ssize_t length;

        if (bytes->size == bytes->capacity)
            buffer_reserve(bytes, READ_SIZE);
        length = read(fd, bytes->data + bytes->size, bytes->capacity - bytes->size);
        if (length == 0)
            return 0;
        if (length < 0 && (errno != EINTR || stop_check() < 0))
            return -errno;
        bytes->size += length > 0 ? (size_t)length : 0;
        if (bytes->size - start > UINT32_MAX)
            return -EFBIG;
    }
}

/* The sysroot, when it is not "/": what lies below it is opened as if it were the root. */
static struct {
    int directory;
    char *path; /* canonical; NULL: there is none */
} confined;

void file_confine(const char *path)
{
    if (confined.path) {
        close(confined.directory);
        free(confined.path);
        confined.path = NULL;
    }
    if (!strcmp(path, "/"))
        return;
    confined.directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (confined.directory >= 0)
        confined.path = realpath(path, NULL);
}

/* /dev/null stands for an empty file: a link to it hides a file of the same name elsewhere. */
static int check_regular(const struct stat *status)
{
    if (S_ISDIR(status->st_mode))
        return -EISDIR;
    return S_ISREG(status->st_mode) || (S_ISCHR(status->st_mode) && status->st_rdev == makedev(1, 3)) ? 0 : -EINVAL;
}

int file_open(const char *path)
{
    /* O_NONBLOCK: opening a fifo must not wait for its writer, nor what the kernel tells for the next event. */
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    size_t length = confined.path ? strlen(confined.path) : 0;
    struct stat status;
    int fd, result;

    if (length > 1 && !strncmp(path, confined.path, length) && path[length] == '/') {
        fd = sysroot_open_at(confined.directory, path + length, flags);
    } else {
        fd = open(path, flags);
        fd = fd < 0 ? -errno : fd;
    }
    if (fd < 0)
        return fd;
    result = fstat(fd, &status) < 0 ? -errno : check_regular(&status);
    if (result == 0)
        return fd;
    close(fd);
    return result;
}

int file_check(const char *path)
{
    struct stat outside;
    struct stat inside;
    struct statfs system;
    int fd;
    int result;

    if (stat(path, &outside) < 0)
        return -errno;
    if (check_regular(&outside) < 0 || S_ISCHR(outside.st_mode))
        return check_regular(&outside);
    fd = file_open(path);
    if (fd < 0)
        return fd == -EISDIR ? fd : -EINVAL;
    /* The kernel's own may be read for ever; and what is another file in the sysroot must not be that of the host. */
    result = fstatfs(fd, &system) < 0 || fstat(fd, &inside) < 0 || system.f_type == PROC_SUPER_MAGIC
                     || inside.st_ino != outside.st_ino || inside.st_dev != outside.st_dev
                 ? -EINVAL
                 : 0;
    close(fd);
    return result;
}

/* fd: a descriptor, which is closed, or a -errno, which is passed on. */
static int read_and_close(int fd, struct buffer *bytes)
{
    int result;

    if (fd < 0)
        return fd;
    result = file_read_fd(fd, bytes);
    close(fd);
    return result;
}

int file_read(const char *path, struct buffer *bytes)
{
    return read_and_close(file_open(path), bytes);
}

int file_read_any(const char *path, struct buffer *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    return read_and_close(fd < 0 ? -errno : fd, bytes);
}

static int make_text(struct buffer *bytes, int result, char **text)
{
    if (result == 0 && bytes->size > 0 && memchr(bytes->data, '\0', bytes->size))
        result = -EINVAL;
    if (result < 0) {
        buffer_free(bytes);
        return result;
    }
    buffer_append(bytes, "", 1);
    *text = (char *)bytes->data;
    return 0;
}

int file_read_text(const char *path, char **text)
{
    struct buffer bytes = {0};
    int result = file_read(path, &bytes);

    return make_text(&bytes, result, text);
}

int file_read_text_of(const char *sysroot, const char *path, char **text)
{
    char *resolved = NULL;
    int result = sysroot_resolve(sysroot, path, &resolved);

    if (result == 0)
        result = file_read_text(resolved, text);
    free(resolved);
    return result;
}

int file_read_text_any(const char *path, char **text)
{
    struct buffer bytes = {0};
    int result = file_read_any(path, &bytes);

    return make_text(&bytes, result, text);
}

bool file_is_same(const char *left, const char *right)
{
    struct buffer one = {0};
    struct buffer other = {0};
    bool is_same = file_read(left, &one) == 0 && file_read(right, &other) == 0 && one.size == other.size
                   && (one.size == 0 || !memcmp(one.data, other.data, one.size));

    buffer_free(&one);
    buffer_free(&other);
    return is_same;
}

int file_write_new(const char *path, const struct buffer *bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int result = 0;

    if (fd < 0)
        return -errno;
    for (size_t position = 0; position < bytes->size && result == 0;) {
        ssize_t length = write(fd, bytes->data + position, bytes->size - position);

        if (length > 0)
            position += (size_t)length;
        else if (length < 0 && errno != EINTR)
            result = -errno;
    }
    if (close(fd) < 0 && result == 0)
        result = -errno;
    return result;
}

int file_make_parents(const char *directory, const char *path)
{
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        char *parent = allocate_format("%s/%.*s", directory, (int)(slash - path), path);
        int result = mkdir(parent, 0700) < 0 && errno != EEXIST ? -errno : 0;

        free(parent);
        if (result < 0)
            return result;
    }
    return 0;
}

void file_add_existing(const char *directory, const char *name, struct string_list *paths)
{
    char *path = allocate_format("%s/%s", directory, name);

    if (access(path, F_OK) == 0)
        string_list_take(paths, path);
    else
        free(path);
}
