#include "command/fallback.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "archive/image.h"
#include "archive/image_archive.h"
#include "archive/output_file.h"
#include "base/allocate.h"
#include "base/buffer.h"
#include "base/file.h"
#include "base/log.h"

static int cannot_keep(const struct fallback *fallback, int error)
{
    log_error("cannot keep the previous %s as %s: %s", fallback->image, fallback->kept, strerror(-error));
    return error;
}

static int copy(const struct fallback *fallback)
{
    const struct timespec times[] = {fallback->before.st_atim, fallback->before.st_mtim};
    struct buffer bytes = {0};
    struct output_file file;
    int result = file_read(fallback->image, &bytes);

    if (result < 0)
        return cannot_keep(fallback, result);
    result = output_file_open(&file, fallback->spare);
    if (result == 0) {
        result = output_file_write(&file, bytes.data, bytes.size);
        /* By its time it is known later whether it may have booted. */
        futimens(file.fd, times);
        if (result == 0) {
            result = output_file_commit(&file, false);
        } else {
            cannot_keep(fallback, result);
            output_file_discard(&file);
        }
    }
    buffer_free(&bytes);
    return result;
}

/* A second link costs nothing. A /boot of VFAT has none, others forbid it, and what a symlink leads to may lie on
 * another file system: there the bytes are copied. */
static int spare(const struct fallback *fallback)
{
    int result;

    if (linkat(AT_FDCWD, fallback->image, AT_FDCWD, fallback->spare, AT_SYMLINK_FOLLOW) < 0)
        return copy(fallback);
    result = output_file_sync_directory(fallback->spare);
    return result < 0 ? cannot_keep(fallback, result) : 0;
}

/* What is under the spare name becomes the image that is kept, or nothing if it never booted and one that did is kept
 * already. If it cannot be renamed, it stays where it is: it may be the only image that ever booted. */
static int keep(const struct fallback *fallback, const struct stat *status)
{
    struct timespec now, running;
    int result;

    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &running);
    if (status->st_mtim.tv_sec > now.tv_sec - running.tv_sec && access(fallback->kept, F_OK) == 0) {
        unlink(fallback->spare);
        return 0;
    }
    result = rename(fallback->spare, fallback->kept) < 0 ? -errno : output_file_sync_directory(fallback->kept);
    return result < 0 ? cannot_keep(fallback, result) : 0;
}

/* An update that was killed, or whose last rename failed, has left the previous image under its spare name. */
static int take_over_spare(const struct fallback *fallback)
{
    struct image image = {0};
    struct stat left;
    bool is_another, is_whole;

    if (lstat(fallback->spare, &left) < 0)
        return 0;
    is_another = S_ISREG(left.st_mode)
                 && !(left.st_ino == fallback->before.st_ino && left.st_dev == fallback->before.st_dev)
                 && !file_is_same(fallback->spare, fallback->image);
    is_whole = is_another && image_archive_read(fallback->spare, &image) == 0 && image.count > 0;
    image_free(&image);
    if (is_whole)
        return keep(fallback, &left);
    unlink(fallback->spare);
    return 0;
}

int fallback_open(struct fallback *fallback, const char *image)
{
    int result;

    *fallback = (struct fallback){.image = image};
    fallback->kept = allocate_format("%s.old", image);
    fallback->spare = allocate_format("%s.new", fallback->kept);
    if (stat(image, &fallback->before) < 0)
        return 0;
    result = take_over_spare(fallback);
    if (result == 0)
        result = spare(fallback);
    fallback->is_spared = result == 0;
    return result;
}

int fallback_close(struct fallback *fallback)
{
    const struct stat *before = &fallback->before;
    struct stat now;
    bool is_replaced = fallback->is_spared && stat(fallback->image, &now) == 0
                       && (now.st_ino != before->st_ino || now.st_mtim.tv_sec != before->st_mtim.tv_sec
                           || now.st_mtim.tv_nsec != before->st_mtim.tv_nsec);
    int result = 0;

    if (is_replaced)
        result = keep(fallback, before);
    else if (fallback->is_spared)
        unlink(fallback->spare);
    free(fallback->kept);
    free(fallback->spare);
    return result;
}
