#include "process.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define EXIT_NOT_STARTED 127

static int wait_for(pid_t child)
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

static void take_terminal(void)
{
    setsid();
    setenv("PATH", "/bin:/sbin:/usr/bin:/usr/sbin", 1); /* for its own children; ours get what the kernel gave us */
    ioctl(STDIN_FILENO, TIOCSCTTY, 1);                  /* without it the shell has no job control; that's all */
}

static int run(char *const argv[], bool interactive)
{
    pid_t child = fork();

    if (child < 0)
        return -errno;
    if (child == 0) {
        if (interactive)
            take_terminal();
        execv(argv[0], argv);
        _exit(EXIT_NOT_STARTED);
    }
    return wait_for(child);
}

int process_run(char *const argv[])
{
    return run(argv, false);
}

int process_run_interactive(char *const argv[])
{
    return run(argv, true);
}
