#include "system/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static int map_descriptor(int fd, void **bytes, size_t *size)
{
    struct stat status;

    if (fstat(fd, &status) < 0)
        return -errno;
    if (status.st_size == 0)
        return -ENODATA;
    *size = (size_t)status.st_size;
    *bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    return *bytes == MAP_FAILED ? -errno : 0;
}

int file_map(const char *path, void **bytes, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int result;

    if (fd < 0)
        return -errno;
    result = map_descriptor(fd, bytes, size);
    close(fd);
    return result;
}

char *file_copy(const char *path)
{
    void *bytes;
    size_t size;
    char *text;

    if (file_map(path, &bytes, &size) < 0)
        return NULL;
    text = malloc(size + 1);
    if (text) {
        memcpy(text, bytes, size);
        text[size] = '\0';
    }
    munmap(bytes, size);
    return text;
}

static ssize_t read_once(int fd, char *text, size_t size)
{
    ssize_t length = read(fd, text, size);

    if (length < 0)
        return -errno;
    if ((size_t)length == size)
        return -EMSGSIZE;
    if (length > 0 && text[length - 1] == '\n')
        length--;
    text[length] = '\0';
    return length;
}

ssize_t file_read_text(int directory, const char *path, char *text, size_t size)
{
    int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
    ssize_t result;

    if (fd < 0)
        return -errno;
    result = read_once(fd, text, size);
    close(fd);
    return result;
}

int file_write_text(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    size_t length = strlen(text);
    int result = 0;

    if (fd < 0)
        return -errno;
    if (write(fd, text, length) != (ssize_t)length)
        result = -errno;
    close(fd);
    return result;
}
