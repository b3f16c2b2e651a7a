#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

static bool is_verbose;

static void say(const char *kind, const char *format, va_list arguments)
{
    int saved_errno = errno;

    flockfile(stderr);
    fprintf(stderr, "kindling: %s", kind);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    funlockfile(stderr);
    errno = saved_errno;
}

void log_error(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
}

void log_warning(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say("warning: ", format, arguments);
    va_end(arguments);
}

void log_note(const char *format, ...)
{
    va_list arguments;

    if (!is_verbose)
        return;
    va_start(arguments, format);
    say("", format, arguments);
    va_end(arguments);
}

void log_set_verbose(bool verbose)
{
    is_verbose = verbose;
}
