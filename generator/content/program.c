#include "content/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/log.h"
#include "base/sysroot.h"
#include "content/executable.h"

/* Reads what a candidate is. 0, -ENOENT, or what is wrong with it. */
static int look_at(const char *sysroot, const char *candidate, struct program *program)
{
    struct buffer bytes = {0};
    struct executable executable = {0};
    char *path = NULL;
    int result = sysroot_resolve(sysroot, candidate, &path);

    if (result == 0)
        result = file_read(path, &bytes);
    if (result == 0)
        result = executable_read(&executable, bytes.data, bytes.size);
    *program = (struct program){candidate, path, executable.kind == EXECUTABLE_STATIC};
    executable_free(&executable);
    buffer_free(&bytes);
    if (result < 0)
        free(path);
    return result;
}

/* A candidate that is there but does not do is passed over: /sbin/e2fsck may be dynamic beside a static sibling. */
int program_find(const char *sysroot, const struct wanted_program *wanted, struct program *program)
{
    const char *culprit = wanted->candidates.items[0];
    const char *reason;
    int error = -ENOENT;

    *program = (struct program){0};
    for (size_t i = 0; i < wanted->candidates.count; i++) {
        struct program found;
        int result = look_at(sysroot, wanted->candidates.items[i], &found);

        if (result == 0 && (found.is_static || !program->path)) {
            free(program->path);
            *program = found;
            if (found.is_static)
                return 0;
        } else if (result == 0) {
            free(found.path);
        } else if (result != -ENOENT) {
            culprit = wanted->candidates.items[i];
            error = result;
        }
    }
    if (program->path)
        return 0;
    reason = error == -ENOEXEC ? "it is neither an ELF program nor a script" : strerror(-error);
    if (wanted->is_optional)
        log_note("no %s: %s: %s", wanted->destination, culprit, reason);
    else
        log_error("cannot find a program for %s (%s): %s: %s%s%s", wanted->destination, wanted->origin, culprit, reason,
            wanted->package ? "; Debian's package is " : "", wanted->package ? wanted->package : "");
    return error;
}
