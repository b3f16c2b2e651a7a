/*
 * Calls of musl in a form that does no more than /init needs; the linker takes these first. musl's own bring 15 KB: a
 * heap and forks for programs with threads, clocks read without a system call, ways around what kernels of old lack,
 * searches made for long texts. The unit tests use the host's.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "heap.h"

/* There are no threads whose locks a child would inherit, and none that asks musl for its number. */
pid_t fork(void)
{
    return (pid_t)syscall(SYS_fork);
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    return (int)syscall(SYS_clock_gettime, clock, now);
}

time_t time(time_t *result)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    if (result)
        *result = now.tv_sec;
    return now.tv_sec;
}

int sched_getcpu(void)
{
    unsigned cpu;

    return syscall(SYS_getcpu, &cpu, NULL, NULL) < 0 ? -1 : (int)cpu;
}

/* On x86-64 musl's struct stat is the kernel's. */
int fstatat(int directory, const char *restrict path, struct stat *restrict status, int flags)
{
    return (int)syscall(SYS_newfstatat, directory, path, status, flags);
}

int stat(const char *restrict path, struct stat *restrict status)
{
    return (int)syscall(SYS_stat, path, status);
}

int fstat(int fd, struct stat *status)
{
    return (int)syscall(SYS_fstat, fd, status);
}

int open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    va_list rest;

    va_start(rest, flags);
    if (flags & O_CREAT)
        mode = va_arg(rest, mode_t);
    va_end(rest);
    return (int)syscall(SYS_open, path, flags, mode);
}

/* Nobody creates a file by it. */
int openat(int directory, const char *path, int flags, ...)
{
    return (int)syscall(SYS_openat, directory, path, flags, 0);
}

void *mmap(void *at, size_t size, int rights, int flags, int fd, off_t offset)
{
    return (void *)syscall(SYS_mmap, at, size, rights, flags, fd, offset);
}

int fchdir(int fd)
{
    return (int)syscall(SYS_fchdir, fd);
}

int pipe2(int ends[2], int flags)
{
    return (int)syscall(SYS_pipe2, ends, flags);
}

int socket(int domain, int type, int protocol)
{
    return (int)syscall(SYS_socket, domain, type, protocol);
}

size_t strnlen(const char *text, size_t size)
{
    size_t length = 0;

    while (length < size && text[length])
        length++;
    return length;
}

size_t strspn(const char *text, const char *set)
{
    size_t length = 0;

    while (text[length] && strchr(set, text[length]))
        length++;
    return length;
}

/* The NUL counts as one of the set. */
size_t strcspn(const char *text, const char *set)
{
    size_t length = 0;

    while (!strchr(set, text[length]))
        length++;
    return length;
}

char *strstr(const char *text, const char *part)
{
    size_t length = strlen(part);

    while (strncmp(text, part, length) != 0)
        if (*text++ == '\0')
            return NULL;
    return (char *)text;
}

static void *or_errno(void *block)
{
    if (!block)
        errno = ENOMEM;
    return block;
}

void *malloc(size_t size)
{
    return or_errno(heap_take(size));
}

void *calloc(size_t count, size_t size)
{
    return or_errno(__builtin_mul_overflow(count, size, &size) ? NULL : heap_take_zeroed(size));
}

void *realloc(void *block, size_t size)
{
    return or_errno(heap_resize(block, size));
}

void free(void *block)
{
    heap_give_back(block);
}
