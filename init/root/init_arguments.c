/*
 * A systemd in an initramfs leaves its state in an open file, and the one that it starts in the real root reads it:
 * --deserialize, with --switched-root, by which that one still sets up all that it does at any boot. Of the state there
 * is one line to tell here, which every systemd since 183 reads: when the initramfs began, which gives
 * `systemd-analyze` its span (src/core/manager-serialize.c, manager_deserialize; src/core/main.c).
 */
#include "root/init_arguments.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "system/text.h"
#include "system/timing.h"

#define MICROSECONDS 1000000u

/* Returns the descriptor, which outlives execv, or -1. */
static int write_state(uint64_t start)
{
    char wall[DECIMAL_SIZE], monotonic[DECIMAL_SIZE], text[2 * DECIMAL_SIZE + 32];
    int fd = memfd_create("systemd-state", 0);
    struct timespec now;
    uint64_t since = timing_now() - start;
    ssize_t length;

    /* The clock that people go by, as it was at the start, had nobody set it since. */
    clock_gettime(CLOCK_REALTIME, &now);
    (void)text_decimal((uint64_t)now.tv_sec * MICROSECONDS + (uint64_t)now.tv_nsec / 1000 - since, wall);
    /* An empty line ends the manager's own part, and no unit follows. */
    (void)text_join(text, sizeof(text), "initrd-timestamp=", wall, " ", text_decimal(start, monotonic), "\n\n", NULL);
    length = (ssize_t)strlen(text);
    if (fd >= 0 && (write(fd, text, (size_t)length) != length || lseek(fd, 0, SEEK_SET) < 0)) {
        close(fd);
        fd = -1;
    }
    return fd;
}

char **init_arguments(struct boot *boot)
{
    static char switched_root[] = "--switched-root", system[] = "--system", deserialize[] = "--deserialize";
    static char number[DECIMAL_SIZE];
    char *const told[] = {boot->next_init, switched_root, system, deserialize, number};
    const size_t count = sizeof(told) / sizeof(told[0]);
    size_t given = 0;
    char path[PATH_MAX], **arguments;
    const char *name = realpath(boot->next_init, path) ? strrchr(path, '/') : NULL;
    int state;

    boot->argv[0] = boot->next_init;
    if (!name || strcmp(name, "/systemd") != 0)
        return boot->argv;
    while (boot->argv[given])
        given++;
    arguments = calloc(count + given, sizeof(*arguments));
    state = arguments ? write_state(boot->start) : -1;
    if (state < 0) {
        free(arguments);
        return boot->argv;
    }
    (void)text_decimal((uint64_t)state, number);
    memcpy(arguments, told, sizeof(told));
    memcpy(arguments + count, boot->argv + 1, given * sizeof(*arguments)); /* with the NULL behind them */
    return arguments;
}
