/* ext_check NOW IMAGE: what ext_check_due says of an image at that time (seconds since 1970). */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "format/ext_check.h"

int main(int argc, char *argv[])
{
    uint8_t superblock[EXT_SUPERBLOCK_SIZE];
    const char *why;
    int fd = argc == 3 ? open(argv[2], O_RDONLY | O_CLOEXEC) : -1;

    if (fd < 0 || pread(fd, superblock, sizeof(superblock), EXT_SUPERBLOCK_OFFSET) != (ssize_t)sizeof(superblock)) {
        fprintf(stderr, "usage: ext_check NOW IMAGE\n");
        return 2;
    }
    close(fd);
    if (ext_check_due(superblock, strtoll(argv[1], NULL, 10), &why))
        printf("due: %s\n", why);
    else
        printf("not due\n");
    return 0;
}
