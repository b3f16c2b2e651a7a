#include "system/loop.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "system/text.h"

/* Another process may take the device that was free: so many tries. */
#define TRIES 16u

static int open_free(int control, struct loop *loop)
{
    char digits[DECIMAL_SIZE];
    struct stat status;
    int number = ioctl(control, LOOP_CTL_GET_FREE);

    if (number < 0)
        return -errno;
    (void)text_join(loop->path, sizeof(loop->path), "/dev/loop", text_decimal((unsigned)number, digits), NULL);
    loop->fd = open(loop->path, O_RDWR | O_CLOEXEC);
    if (loop->fd < 0)
        return -errno;
    if (fstat(loop->fd, &status) < 0)
        return -errno;
    loop->number = status.st_rdev;
    return 0;
}

/* In one step (LOOP_CONFIGURE, since Linux 5.8), so that nobody sees the device with half of its settings. */
static int try_attach(int control, int file, bool writable, struct loop *loop)
{
    struct loop_config config = {
        .fd = (unsigned)file, .info = {.lo_flags = LO_FLAGS_AUTOCLEAR | (writable ? 0 : LO_FLAGS_READ_ONLY)}};
    int result = open_free(control, loop);

    if (result == 0 && ioctl(loop->fd, LOOP_CONFIGURE, &config) < 0)
        result = -errno;
    if (result < 0)
        loop_close(loop);
    return result;
}

int loop_attach(int file, bool writable, struct loop *loop)
{
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    int result = -EBUSY;

    *loop = (struct loop){.fd = -1};
    if (control < 0)
        return errno == ENOENT ? -ENODEV : -errno;
    for (unsigned i = 0; result == -EBUSY && i < TRIES; i++)
        result = try_attach(control, file, writable, loop);
    close(control);
    return result;
}

void loop_close(struct loop *loop)
{
    if (loop->fd >= 0)
        close(loop->fd);
    loop->fd = -1;
}
