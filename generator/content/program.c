#include "content/program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/sysroot.h"

int program_read(
    struct executable *executable, const char *sysroot, const struct architecture *architecture, const char *path)
{
    int result = executable_read_of(executable, sysroot, path);
    bool is_script = executable->kind == EXECUTABLE_SCRIPT;

    if (result == 0 && architecture && !is_script && !architecture_runs(architecture, executable->machine))
        result = -EMEDIUMTYPE;
    return result;
}

const char *program_fault(int error)
{
    if (error == -ENOEXEC)
        return "it is neither an ELF program nor a script";
    return error == -EMEDIUMTYPE ? "it is for another kind of processor than the kernel" : strerror(-error);
}

/* A candidate that is there but does not do is passed over: /sbin/e2fsck may be dynamic beside a static sibling. */
int program_find(const char *sysroot, const struct architecture *architecture, const struct wanted_program *wanted,
    struct program *program)
{
    const char *culprit = wanted->candidates.items[0];
    const char *reason;
    int error = -ENOENT;

    *program = (struct program){0};
    for (size_t i = 0; i < wanted->candidates.count; i++) {
        const char *candidate = wanted->candidates.items[i];
        struct program found = {.candidate = candidate};
        struct executable executable;
        int result = program_read(&executable, sysroot, architecture, candidate);

        found.is_static = executable.kind == EXECUTABLE_STATIC;
        executable_free(&executable);
        if (result == 0)
            result = sysroot_resolve(sysroot, candidate, &found.path);
        if (result == 0 && (found.is_static || !program->path)) {
            free(program->path);
            *program = found;
            if (found.is_static)
                return 0;
        } else if (result == 0) {
            free(found.path);
        } else if (result != -ENOENT) {
            culprit = candidate;
            error = result;
        }
    }
    if (program->path)
        return 0;
    reason = program_fault(error);
    if (wanted->is_optional)
        log_note("no %s: %s: %s", wanted->destination, culprit, reason);
    else
        log_error("cannot find a program for %s (%s): %s: %s%s%s", wanted->destination, wanted->origin, culprit, reason,
            wanted->package ? "; Debian's package is " : "", wanted->package ? wanted->package : "");
    return error;
}
