#include "base/stop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t pending;
static volatile sig_atomic_t child;

static void note_signal(int number)
{
    pending = number;
    if (child > 0)
        kill(child, SIGTERM);
}

void stop_with_child(pid_t pid)
{
    child = pid;
    /* The signal may have come before there was a child to pass it on to. */
    if (pid > 0 && pending)
        kill(pid, SIGTERM);
}

void stop_on_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    /* Who sends a signal a second time does not want to wait for us to clean up. */
    struct sigaction action = {.sa_handler = note_signal, .sa_flags = (int)SA_RESETHAND};
    struct sigaction previous;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaction(numbers[i], NULL, &previous);
        /* nohup and background jobs of plain shells start us with a signal ignored: it stays so. */
        if (previous.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
    /* A file that grows beyond the user's limit is an error like a full disk. */
    signal(SIGXFSZ, SIG_IGN);
}

int stop_check(void)
{
    return pending ? -EINTR : 0;
}

void stop_die(void)
{
    if (!pending)
        return;
    signal(pending, SIG_DFL);
    raise(pending);
}
