#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static bool is_verbose;
static bool is_quiet;
static bool is_progress_shown;

void log_say(enum log_kind kind, const char *format, ...)
{
    int saved_errno = errno;
    va_list arguments;

    if ((kind == LOG_KIND_NOTE && !is_verbose) || (kind == LOG_KIND_RESULT && is_quiet))
        return;
    /* Threads that compress may fail at one time. */
    flockfile(stderr);
    log_progress_end();
    fputs(kind == LOG_KIND_WARNING ? "kindling: warning: " : "kindling: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
    funlockfile(stderr);
    errno = saved_errno;
}

/* Without colours and in a few columns: any terminal that knows to clear a line. */
void log_progress(const char *work, size_t done, size_t count)
{
    if (is_quiet || !isatty(STDERR_FILENO) || done * 100 / count == (done - 1) * 100 / count)
        return;
    flockfile(stderr);
    fprintf(stderr, "\rkindling: %s %zu of %zu\033[K", work, done, count);
    is_progress_shown = true;
    funlockfile(stderr);
}

void log_progress_end(void)
{
    flockfile(stderr);
    if (is_progress_shown)
        fputs("\r\033[K", stderr);
    is_progress_shown = false;
    funlockfile(stderr);
}

void log_set_verbose(bool verbose)
{
    is_verbose = verbose;
}

void log_set_quiet(bool quiet)
{
    is_quiet = quiet;
}
