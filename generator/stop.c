#include "stop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t pending;

static void note_signal(int number)
{
    pending = number;
}

void stop_on_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    /* Without SA_RESTART, so that waiting for depmod ends at once. */
    struct sigaction action = {.sa_handler = note_signal};
    struct sigaction previous;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        sigaction(numbers[i], NULL, &previous);
        /* nohup and background jobs of plain shells start us with a signal ignored: it stays so. */
        if (previous.sa_handler != SIG_IGN)
            sigaction(numbers[i], &action, NULL);
    }
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
