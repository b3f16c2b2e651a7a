#include "root/root_file.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "module/image.h"

#define OPEN_FLAGS (O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
#define NEW_FILE_MODE 0644
#define MEMORY_SHARE 8 /* what part of the memory a text may take */

/* Kernels before 5.6 have no openat2: there we go into the new root for the look-up, and come back out. */
static int open_in_chroot(int root, const char *path, int flags)
{
    int here = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd;

    if (here < 0)
        return -errno;
    if (fchdir(root) < 0 || chroot(".") < 0) {
        fd = -errno;
    } else {
        fd = open(path, flags, NEW_FILE_MODE);
        fd = fd < 0 ? -errno : fd;
    }
    if (fchdir(here) < 0 || chroot(".") < 0)
        fd = -errno;
    close(here);
    return fd;
}

int root_file_open(int root, const char *path, int flags)
{
    struct open_how how = {.flags = (unsigned)flags | OPEN_FLAGS,
        .mode = flags & O_CREAT ? NEW_FILE_MODE : 0,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS};
    long fd;

    if (flags & O_PATH)
        how.flags = (unsigned)flags | O_CLOEXEC; /* openat2(2) takes hardly any flag beside O_PATH */
    do
        fd = syscall(SYS_openat2, root, path, &how, sizeof(how));
    while (fd < 0 && errno == EAGAIN); /* something in the root was renamed meanwhile; openat2(2) */
    if (fd < 0 && errno == ENOSYS)
        return open_in_chroot(root, path, (int)how.flags);
    return fd < 0 ? -errno : (int)fd;
}

int new_root_open(const char *path, int flags)
{
    int root = open(IMAGE_ROOT_PATH, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd;

    if (root < 0)
        return -errno;
    fd = root_file_open(root, path, flags);
    close(root);
    return fd;
}

static int read_text(int fd, char **text)
{
    struct sysinfo memory;
    uint64_t longest = sysinfo(&memory) < 0 ? 65536 : (uint64_t)memory.totalram * memory.mem_unit / MEMORY_SHARE;
    struct stat status;
    ssize_t length;

    if (fstat(fd, &status) < 0)
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -EINVAL;
    if ((uint64_t)status.st_size > longest)
        return -EFBIG;
    *text = malloc((size_t)status.st_size + 1);
    if (!*text)
        return -ENOMEM;
    length = pread(fd, *text, (size_t)status.st_size, 0);
    if (length < 0) {
        free(*text);
        return -EIO;
    }
    (*text)[length] = '\0';
    return 0;
}

int new_root_read(const char *path, char **text)
{
    int fd = new_root_open(path, O_RDONLY);
    int result;

    if (fd < 0)
        return fd;
    result = read_text(fd, text);
    close(fd);
    return result;
}
