/* identify FILE...: what superblock_identify says of a device or an image, as blkid's `-o export` would. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/superblock.h"

/* Exact-size buffers, so that a sanitizer sees the first byte read beyond them. */
static uint8_t *read_part(int fd, uint64_t offset, size_t size)
{
    uint8_t *bytes = malloc(size ? size : 1);

    if (!bytes || pread(fd, bytes, size, (off_t)offset) != (ssize_t)size) {
        free(bytes);
        return NULL;
    }
    return bytes;
}

static void print_value(const char *key, const char *value)
{
    if (*value)
        printf("%s=%s\n", key, value);
}

static void print_superblock(const struct superblock *superblock)
{
    if (!superblock->type)
        return;
    print_value("TYPE", superblock->type);
    print_value("UUID", superblock->uuid);
    print_value("LABEL", superblock->label);
    print_value("UUID_SUB", superblock->member_uuid);
}

/* With what is wanted beyond the ends. */
static int identify_view(int fd, struct device_view *view, struct superblock *superblock)
{
    struct device_range wanted = {0};
    uint8_t *more;
    int result;

    view->wanted = &wanted;
    result = superblock_identify(view, superblock);
    more = wanted.size > 0 ? read_part(fd, wanted.offset, (size_t)wanted.size) : NULL;
    if (more) {
        view->more = more;
        view->at = wanted;
        result = superblock_identify(view, superblock);
    }
    free(more);
    view->wanted = NULL;
    return result;
}

static int identify(int fd)
{
    uint64_t size = (uint64_t)lseek(fd, 0, SEEK_END);
    struct device_view view = {.device_size = size};
    struct superblock superblock;
    uint8_t *head, *tail;
    int result = -EIO;

    view.head_size = size < SUPERBLOCK_HEAD_SIZE ? (size_t)size : SUPERBLOCK_HEAD_SIZE;
    view.tail_size = size < SUPERBLOCK_TAIL_SIZE ? (size_t)size : SUPERBLOCK_TAIL_SIZE;
    view.head = head = read_part(fd, 0, view.head_size);
    view.tail = tail = read_part(fd, size - view.tail_size, view.tail_size);
    if (head && tail)
        result = identify_view(fd, &view, &superblock);
    if (result == 0)
        print_superblock(&superblock);
    free(head);
    free(tail);
    return result;
}

int main(int argc, char *argv[])
{
    int status = 0;

    for (int i = 1; i < argc; i++) {
        int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
        int result = fd < 0 ? -errno : identify(fd);

        if (fd >= 0)
            close(fd);
        if (result < 0) {
            fprintf(stderr, "identify: %s: %s\n", argv[i], result == -EINVAL ? "ambivalent" : strerror(-result));
            status = 1;
        }
    }
    return status;
}
