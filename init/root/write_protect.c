#include "root/write_protect.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "system/failure.h"

int write_protect(struct boot *boot, const struct block_device *device)
{
    int fd = device ? open(device->path, O_RDONLY | O_CLOEXEC) : -1;
    int yes = 1;
    int result = fd >= 0 && ioctl(fd, BLKROSET, &yes) < 0 ? -errno : 0;

    boot->read_only = true;
    if (fd >= 0)
        close(fd);
    if (result < 0)
        return failure_because(
            device->path, strerror(-result), "cannot protect ", device->path, " against being written to", NULL);
    return 0;
}

bool is_write_protected(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    int read_only = 0;

    if (fd < 0)
        return false;
    if (ioctl(fd, BLKROGET, &read_only) < 0)
        read_only = 0;
    close(fd);
    return read_only;
}
