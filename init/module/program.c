#include "module/program.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "module/member.h"
#include "system/log.h"
#include "system/timing.h"

static int write_file(const struct index_file *file, const char *bytes)
{
    size_t size = file->size;
    int fd = open(file->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (mode_t)(file->permissions & 0777));
    int result = 0;

    if (fd < 0)
        return -errno;
    while (size > 0 && result == 0) {
        ssize_t written = write(fd, bytes, size);

        if (written < 0) {
            result = -errno;
        } else {
            bytes += written;
            size -= (size_t)written;
        }
    }
    close(fd);
    if (result < 0)
        unlink(file->path); /* half of it would pass for the whole */
    return result;
}

static int unpack_file(const struct index_file *file)
{
    uint64_t start = timing_now();
    const void *bytes;
    int result;

    if (access(file->path, F_OK) == 0)
        return 0;
    if (file->format != MEMBER_GZIP)
        return -ENODATA;
    result = member_inflate(file->member, file->size, &bytes);
    if (result == -ENOENT)
        return -ENODATA;
    if (result == 0)
        result = write_file(file, bytes);
    if (result == 0)
        timing_note("unpack", strrchr(file->path, '/') ? strrchr(file->path, '/') + 1 : file->path, start);
    return result;
}

int program_unpack(const struct index *index, const char *wanted_at, const char **culprit)
{
    struct index_program program;
    struct index_file file;
    uint32_t number;
    int result = 0;

    *culprit = wanted_at;
    if (index_find_program(index, wanted_at, &program) < 0)
        return access(wanted_at, X_OK) == 0 ? 0 : -ENOENT;
    for (uint32_t i = 0; i < program.need_count && result == 0; i++) {
        if (index_need(index, program.first_need + i, &number) < 0 || index_file(index, number, &file) < 0)
            return -EINVAL;
        *culprit = file.path;
        result = unpack_file(&file);
    }
    return result;
}

int program_unpack_file(const struct index *index, const char *wanted_at, const char *path)
{
    struct index_program program;
    struct index_file file;
    uint32_t number;

    if (index_find_program(index, wanted_at, &program) < 0)
        return -ENOENT;
    for (uint32_t i = 0; i < program.need_count; i++) {
        if (index_need(index, program.first_need + i, &number) < 0 || index_file(index, number, &file) < 0)
            return -EINVAL;
        if (!strcmp(file.path, path))
            return unpack_file(&file);
    }
    return -ENOENT;
}

void program_unpack_all(const struct index *index)
{
    struct index_program program;
    const char *culprit;

    for (uint32_t i = 0; index_program(index, i, &program) == 0; i++) {
        int result = program_unpack(index, program.wanted_at, &culprit);

        if (result < 0)
            log_warning("cannot unpack ", culprit, ", which ", program.wanted_at, " needs: ", strerror(-result));
    }
}
