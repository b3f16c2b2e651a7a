/*
 * A library to preload: one call among all that a program makes fails as the environment says.
 *
 *   FAULT_CALL    write, fsync (and syncfs), rename, exchange, link,
 *                 close, open, fallocate or mkdir, each with its relatives
 *   FAULT_NUMBER  which of those calls, from 1
 *   FAULT_ERROR   the number of an error; "short": a write that takes one byte only; "before" or "after": the program
 *                 is killed before the call, or once it was done
 *   FAULT_MARK    a file that is made when it happens
 *   FAULT_PROGRAM only calls of a program of this name count (none: of all)
 *   FAULT_LINKS   the number of an error with which each link fails
 *   FAULT_LOG     a file to which a line is added for each rename, link and sync: what it did, on what
 *   FAULT_MAGIC   the type that fstatfs says each file system is, a number
 *   FAULT_PATH    only files whose name ends so are opened in vain (none: all)
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int calls;

static const char *setting(const char *name)
{
    const char *value = getenv(name);

    return value ? value : "";
}

static bool is_short(void)
{
    return !strcmp(setting("FAULT_ERROR"), "short");
}

static bool is_killed(const char *when)
{
    return !strcmp(setting("FAULT_ERROR"), when);
}

static bool is_meant(void)
{
    const char *program = setting("FAULT_PROGRAM");

    return *program == '\0' || !strcmp(program, program_invocation_short_name);
}

static bool strikes(const char *call)
{
    if (!is_meant() || strcmp(setting("FAULT_CALL"), call) != 0
        || atomic_fetch_add(&calls, 1) + 1 != atoi(setting("FAULT_NUMBER")))
        return false;
    syscall(SYS_close, syscall(SYS_openat, AT_FDCWD, setting("FAULT_MARK"), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    if (is_killed("before"))
        raise(SIGKILL);
    errno = atoi(setting("FAULT_ERROR"));
    return true;
}

static bool strikes_open(const char *path)
{
    const char *end = setting("FAULT_PATH");
    size_t length = strlen(path);

    return strlen(end) <= length && !strcmp(path + length - strlen(end), end) && strikes("open");
}

ssize_t write(int fd, const void *bytes, size_t size)
{
    /* What is said to people is not what is tested. */
    if (fd != STDERR_FILENO && strikes("write"))
        return is_short() ? syscall(SYS_write, fd, bytes, size > 0 ? 1 : 0) : -1;
    return syscall(SYS_write, fd, bytes, size);
}

static ssize_t write_at(int fd, const void *bytes, size_t size, off_t offset)
{
    if (strikes("write"))
        return is_short() ? syscall(SYS_pwrite64, fd, bytes, size > 0 ? 1 : 0, offset) : -1;
    return syscall(SYS_pwrite64, fd, bytes, size, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    return write_at(fd, bytes, size, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t size, off_t offset)
{
    return write_at(fd, bytes, size, offset);
}

static void note(const char *call, const char *path)
{
    char line[2 * PATH_MAX];
    int fd;

    if (!*setting("FAULT_LOG") || !is_meant())
        return;
    snprintf(line, sizeof(line), "%s %s\n", call, path);
    fd = (int)syscall(SYS_openat, AT_FDCWD, setting("FAULT_LOG"), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    syscall(SYS_write, fd, line, strlen(line));
    syscall(SYS_close, fd);
}

static void note_file(const char *call, int fd)
{
    char link[64];
    char path[PATH_MAX] = "";

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    if (readlink(link, path, sizeof(path) - 1) > 0)
        note(call, path);
}

int syncfs(int fd)
{
    note_file("syncfs", fd);
    return strikes("fsync") ? -1 : (int)syscall(SYS_syncfs, fd);
}

int fstatfs(int fd, struct statfs *status)
{
    int result = (int)syscall(SYS_fstatfs, fd, status);

    if (*setting("FAULT_MAGIC"))
        status->f_type = strtol(setting("FAULT_MAGIC"), NULL, 0);
    return result;
}

int fsync(int fd)
{
    note_file("fsync", fd);
    return strikes("fsync") ? -1 : (int)syscall(SYS_fsync, fd);
}

int rename(const char *from, const char *to)
{
    bool fails;
    int error;
    int result;

    note("rename", to);
    fails = strikes("rename");
    error = errno;
    result = fails && !is_killed("after") ? -1 : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    if (fails && is_killed("after"))
        raise(SIGKILL);
    if (fails)
        errno = error;
    return result;
}

int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned flags)
{
    note("exchange", to);
    return strikes("exchange") ? -1 : (int)syscall(SYS_renameat2, from_directory, from, to_directory, to, flags);
}

int linkat(int from_directory, const char *from, int to_directory, const char *to, int flags)
{
    note("link", to);
    if (*setting("FAULT_LINKS")) {
        errno = atoi(setting("FAULT_LINKS"));
        return -1;
    }
    return strikes("link") ? -1 : (int)syscall(SYS_linkat, from_directory, from, to_directory, to, flags);
}

int renameat(int from_directory, const char *from, int to_directory, const char *to)
{
    return strikes("rename") ? -1 : (int)syscall(SYS_renameat, from_directory, from, to_directory, to);
}

/* Linux closes the descriptor, whatever it answers. */
int close(int fd)
{
    bool fails = strikes("close");
    int error = errno;
    int result = (int)syscall(SYS_close, fd);

    if (!fails)
        return result;
    errno = error;
    return -1;
}

static mode_t mode_of(int flags, va_list arguments)
{
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = mode_of(flags, arguments);
    va_end(arguments);
    return strikes_open(path) ? -1 : (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int openat(int directory, const char *path, int flags, ...)
{
    va_list arguments;
    mode_t mode;

    va_start(arguments, flags);
    mode = mode_of(flags, arguments);
    va_end(arguments);
    return strikes_open(path) ? -1 : (int)syscall(SYS_openat, directory, path, flags, mode);
}

int mkostemp(char *template, int flags)
{
    static int (*next)(char *, int);

    if (!next)
        *(void **)&next = dlsym(RTLD_NEXT, "mkostemp");
    return strikes_open(template) ? -1 : next(template, flags);
}

int fallocate(int fd, int mode, off_t offset, off_t length)
{
    return strikes("fallocate") ? -1 : (int)syscall(SYS_fallocate, fd, mode, offset, length);
}

int mkdir(const char *path, mode_t mode)
{
    return strikes("mkdir") ? -1 : (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode);
}
