#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static bool is_verbose;
static bool is_quiet;

void log_say(enum log_kind kind, const char *format, ...)
{
    int saved_errno = errno;
    va_list arguments;

    if ((kind == LOG_KIND_NOTE && !is_verbose) || (kind == LOG_KIND_RESULT && is_quiet))
        return;
    /* Threads that compress may fail at one time. */
    flockfile(stderr);
    fputs(kind == LOG_KIND_WARNING ? "kindling: warning: " : "kindling: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    funlockfile(stderr);
    errno = saved_errno;
}

void log_set_verbose(bool verbose)
{
    is_verbose = verbose;
}

void log_set_quiet(bool quiet)
{
    is_quiet = quiet;
}
