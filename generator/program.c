#include "program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "executable.h"
#include "file.h"
#include "log.h"
#include "sysroot.h"

static int check_static(const char *path)
{
    struct buffer bytes = {0};
    int result = file_read(path, &bytes);
    enum executable_kind kind = result < 0 ? EXECUTABLE_NONE : executable_kind(bytes.data, bytes.size);

    buffer_free(&bytes);
    if (result < 0)
        return result;
    if (kind == EXECUTABLE_NONE)
        return -ENOEXEC;
    return kind == EXECUTABLE_STATIC ? 0 : -ELIBACC;
}

static const char *reason(int error)
{
    switch (error) {
    case -ELIBACC:
        return "it needs shared libraries";
    case -ENOEXEC:
        return "it is not an ELF program";
    default:
        return strerror(-error);
    }
}

static void report(const struct wanted_program *wanted, const char *culprit, int error)
{
    const char *cure = wanted->package ? "; Debian's package is " : "";
    const char *package = wanted->package ? wanted->package : "";

    if (wanted->is_optional)
        log_note("no %s: %s: %s", wanted->destination, culprit, reason(error));
    else
        log_error("cannot find a static program for %s (%s): %s: %s%s%s", wanted->destination, wanted->origin, culprit,
            reason(error), cure, package);
}

/* A candidate that is there but does not do is passed over: /sbin/e2fsck may be dynamic beside a static sibling. */
int program_find(const char *sysroot, const struct wanted_program *wanted, char **path)
{
    const char *culprit = wanted->candidates.items[0];
    int error = -ENOENT;

    for (size_t i = 0; i < wanted->candidates.count; i++) {
        int result = sysroot_resolve(sysroot, wanted->candidates.items[i], path);

        if (result == 0) {
            result = check_static(*path);
            if (result == 0)
                return 0;
            free(*path);
        }
        if (result != -ENOENT) {
            culprit = wanted->candidates.items[i];
            error = result;
        }
    }
    report(wanted, culprit, error);
    return error;
}
