#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"

#define READ_SIZE (64u << 10)

/* Asks for one byte more than the file is long, so that its end is seen without another allocation. */
static size_t expected_size(int fd)
{
    struct stat status;

    if (fstat(fd, &status) < 0 || status.st_size <= 0 || status.st_size > UINT32_MAX)
        return READ_SIZE;
    return (size_t)status.st_size + 1;
}

int file_read_fd(int fd, struct buffer *bytes)
{
    size_t start = bytes->size;

    buffer_reserve(bytes, expected_size(fd));
    for (;;) {
        ssize_t length;

        if (bytes->size == bytes->capacity)
            buffer_reserve(bytes, READ_SIZE);
        length = read(fd, bytes->data + bytes->size, bytes->capacity - bytes->size);
        if (length == 0)
            return 0;
        if (length < 0 && errno != EINTR)
            return -errno;
        bytes->size += length > 0 ? (size_t)length : 0;
        if (bytes->size - start > UINT32_MAX)
            return -EFBIG;
    }
}

static int check_regular(int fd)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return -errno;
    if (S_ISDIR(status.st_mode))
        return -EISDIR;
    return S_ISREG(status.st_mode) ? 0 : -EINVAL;
}

int file_read(const char *path, struct buffer *bytes)
{
    /* O_NONBLOCK: opening a fifo must not wait for its writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    int result;

    if (fd < 0)
        return -errno;
    result = check_regular(fd);
    if (result == 0)
        result = file_read_fd(fd, bytes);
    close(fd);
    return result;
}

int file_read_any(const char *path, struct buffer *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return -errno;
    result = file_read_fd(fd, bytes);
    close(fd);
    return result;
}

int file_read_text(const char *path, char **text)
{
    struct buffer bytes = {0};
    int result = file_read_any(path, &bytes);

    if (result == 0 && bytes.size > 0 && memchr(bytes.data, '\0', bytes.size))
        result = -EINVAL;
    if (result < 0) {
        buffer_free(&bytes);
        return result;
    }
    buffer_append(&bytes, "", 1);
    *text = (char *)bytes.data;
    return 0;
}

static int write_all(int fd, const struct buffer *bytes)
{
    size_t position = 0;

    while (position < bytes->size) {
        ssize_t length = write(fd, bytes->data + position, bytes->size - position);

        if (length < 0 && errno != EINTR)
            return -errno;
        position += length > 0 ? (size_t)length : 0;
    }
    return 0;
}

int file_write_new(const char *path, const struct buffer *bytes)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int result;

    if (fd < 0)
        return -errno;
    result = write_all(fd, bytes);
    if (close(fd) < 0 && result == 0)
        result = -errno;
    return result;
}

void file_add_existing(const char *directory, const char *name, struct string_list *paths)
{
    char *path = allocate_format("%s/%s", directory, name);

    if (access(path, F_OK) == 0)
        string_list_take(paths, path);
    else
        free(path);
}
