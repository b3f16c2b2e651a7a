#include "system/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int file_map(const char *path, void **bytes, size_t *size)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    int result;

    if (fd < 0)
        return -errno;
    result = fstat(fd, &status) < 0 ? -errno : status.st_size == 0 ? -ENODATA : 0;
    if (result == 0) {
        *size = (size_t)status.st_size;
        *bytes = mmap(NULL, *size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
        result = *bytes == MAP_FAILED ? -errno : 0;
    }
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
    /* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) ; file_map has set it */
    text = malloc(size + 1);
    if (text) {
        memcpy(text, bytes, size);
        text[size] = '\0';
    }
    munmap(bytes, size);
    return text;
}

ssize_t file_read_text(int directory, const char *path, char *text, size_t size)
{
    int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
    ssize_t length;

    if (fd < 0)
        return -errno;
    length = read(fd, text, size);
    if (length < 0)
        length = -errno;
    close(fd);
    if (length < 0)
        return length;
    if ((size_t)length == size)
        return -EMSGSIZE;
    if (length > 0 && text[length - 1] == '\n')
        length--;
    text[length] = '\0';
    return length;
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
