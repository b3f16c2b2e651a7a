#include "command/fallback.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "archive/output_file.h"
#include "base/allocate.h"
#include "base/buffer.h"
#include "base/debris.h"
#include "base/file.h"
#include "base/log.h"

static int copy(const char *from, const char *to)
{
    struct buffer bytes = {0};
    struct output_file file;
    int result = file_read(from, &bytes);

    if (result == 0)
        result = output_file_open(&file, to);
    if (result == 0) {
        result = output_file_write(&file, bytes.data, bytes.size);
        if (result == 0)
            result = output_file_commit(&file, false);
        else
            output_file_discard(&file);
    }
    buffer_free(&bytes);
    return result;
}

/* A second link costs nothing; a /boot of VFAT has none, so that there the bytes are copied. */
static int spare(const char *image, const char *name)
{
    unlink(name);
    if (link(image, name) == 0)
        return 0;
    return errno == EPERM || errno == EOPNOTSUPP ? copy(image, name) : -errno;
}

int fallback_open(struct fallback *fallback, const char *image)
{
    int result;

    *fallback = (struct fallback){.image = image};
    if (stat(image, &fallback->before) < 0)
        return 0;
    fallback->kept = allocate_format("%s.old", image);
    fallback->spare = allocate_format("%s.new", fallback->kept);
    debris_add(fallback->spare);
    result = spare(image, fallback->spare);
    if (result < 0)
        log_error("cannot keep %s as %s: %s", image, fallback->kept, strerror(-result));
    fallback->is_spared = result == 0;
    return result;
}

static bool is_replaced(const struct fallback *fallback)
{
    struct stat now;

    return stat(fallback->image, &now) == 0
           && (now.st_ino != fallback->before.st_ino || now.st_mtim.tv_sec != fallback->before.st_mtim.tv_sec
               || now.st_mtim.tv_nsec != fallback->before.st_mtim.tv_nsec);
}

static bool has_never_booted(const struct fallback *fallback)
{
    struct timespec now;
    struct timespec running;

    clock_gettime(CLOCK_REALTIME, &now);
    clock_gettime(CLOCK_BOOTTIME, &running);
    return fallback->before.st_mtim.tv_sec > now.tv_sec - running.tv_sec && access(fallback->kept, F_OK) == 0;
}

static int settle(const struct fallback *fallback)
{
    if (!fallback->is_spared || !is_replaced(fallback) || has_never_booted(fallback))
        return 0; /* the spare name is debris */
    if (rename(fallback->spare, fallback->kept) == 0)
        return 0;
    log_error("cannot keep the previous %s as %s: %s", fallback->image, fallback->kept, strerror(errno));
    return -EIO;
}

int fallback_close(struct fallback *fallback)
{
    int result = settle(fallback);

    if (fallback->spare)
        debris_remove(fallback->spare);
    free(fallback->kept);
    free(fallback->spare);
    return result;
}
