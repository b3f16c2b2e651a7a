#include "system/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_NOT_STARTED 127

int process_wait(pid_t child)
{
    int status;
    pid_t ended;

    do
        ended = wait(&status);
    while ((ended >= 0 && ended != child) || (ended < 0 && errno == EINTR));
    if (ended < 0)
        return -errno;
    return WIFSIGNALED(status) ? 256 + WTERMSIG(status) : WEXITSTATUS(status);
}

void process_set_path(char *path, bool even_if_set)
{
    char **variable = environ, **longer;

    while (*variable && strncmp(*variable, "PATH=", strlen("PATH=")) != 0)
        variable++;
    if (*variable) {
        if (even_if_set)
            *variable = path;
        return;
    }
    longer = calloc((size_t)(variable - environ) + 2, sizeof(char *));
    if (!longer)
        return;
    *longer = path;
    memcpy(longer + 1, environ, (size_t)(variable - environ) * sizeof(char *));
    environ = longer;
}

static void take_terminal(void)
{
    static char path[] = "PATH=/bin:/sbin:/usr/bin:/usr/sbin";

    setsid();
    process_set_path(path, true);      /* for its own children; ours get what the kernel gave us */
    ioctl(STDIN_FILENO, TIOCSCTTY, 1); /* without it the shell has no job control; that's all */
}

static _Noreturn void become(char *const argv[])
{
    execv(argv[0], argv);
    _exit(EXIT_NOT_STARTED);
}

pid_t process_start(char *const argv[], int output)
{
    pid_t child = fork();

    if (child < 0)
        return -errno;
    if (child == 0) {
        dup2(output, STDOUT_FILENO);
        dup2(output, STDERR_FILENO);
        become(argv);
    }
    return child;
}

int process_run(char *const argv[])
{
    pid_t child = process_start(argv, STDOUT_FILENO);

    return child < 0 ? child : process_wait(child);
}

int process_run_interactive(char *const argv[])
{
    pid_t child = fork();

    if (child < 0)
        return -errno;
    if (child == 0) {
        take_terminal();
        become(argv);
    }
    return process_wait(child);
}
