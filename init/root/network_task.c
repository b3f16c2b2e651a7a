#include "root/network_task.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "root/wait.h"
#include "system/failure.h"
#include "system/log.h"
#include "system/text.h"
#include "system/waits.h"

void network_answer(struct network_answer *answer, int error, ...)
{
    va_list parts;

    answer->error = error;
    va_start(parts, error);
    (void)text_join_list(answer->text, sizeof(answer->text), parts); /* cut it says most of it */
    va_end(parts);
}

const char *network_error(int error)
{
    switch (error) {
    case -ECONNREFUSED:
        return "the server refuses connections";
    case -ECONNRESET:
    case -EPIPE:
        return "the server has ended the connection";
    case -ETIMEDOUT:
    case -EAGAIN:
    case -EINPROGRESS:
        return "the server does not answer";
    case -EHOSTUNREACH:
    case -EHOSTDOWN:
        return "there is no machine at that address, or no way to it";
    case -ENETUNREACH:
        return "no route leads to it";
    default:
        return strerror(-error);
    }
}

/* Its server may come up, or a switch on the way. */
static bool may_pass(int error)
{
    static const int passing[] = {
        ECONNREFUSED, ECONNRESET, EPIPE, ETIMEDOUT, EAGAIN, EHOSTUNREACH, EHOSTDOWN, ENETUNREACH, ENETDOWN, EINTR};

    for (size_t i = 0; i < sizeof(passing) / sizeof(passing[0]); i++) {
        if (error == -passing[i])
            return true;
    }
    return false;
}

static _Noreturn void keep_trying(int answers, struct boot *boot, network_try *try, const void *context)
{
    struct network_answer answer = {.error = -EINPROGRESS}, told = answer;
    uint64_t pause = WAIT_FIRST_RETRY;
    struct timespec rest;

    for (;;) {
        try(boot, context, &answer);
        if (answer.error != told.error || strcmp(answer.text, told.text) != 0) {
            if (write(answers, &answer, sizeof(answer)) != (ssize_t)sizeof(answer))
                _exit(1);
            if (may_pass(answer.error))
                log_warning(answer.text, "; it is tried again");
        }
        if (!may_pass(answer.error))
            _exit(0);
        told = answer;
        /* Nothing announces that a server has come. */
        rest = (struct timespec){.tv_sec = (time_t)(pause / SECOND), .tv_nsec = (long)(pause % SECOND) * 1000};
        (void)nanosleep(&rest, NULL);
        pause = pause * 2 < WAIT_NEXT_RETRIES ? pause * 2 : WAIT_NEXT_RETRIES;
    }
}

int network_task_start(struct network_task *task, struct boot *boot, network_try *try, const void *context)
{
    int ends[2];

    *task = (struct network_task){.answer = {.error = -EINPROGRESS}};
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return failure_because("network", strerror(errno), "cannot start a process for the network", NULL);
    task->child = fork();
    if (task->child == 0)
        keep_trying(ends[1], boot, try, context);
    close(ends[1]);
    task->answers = ends[0];
    if (task->child > 0)
        return 0;
    task->child = 0;
    close(ends[0]);
    return failure_because("network", strerror(errno), "cannot start a process for the network", NULL);
}

bool network_task_look(struct network_task *task)
{
    struct network_answer answer;
    ssize_t length = -1;

    while (task->child && (length = read(task->answers, &answer, sizeof(answer))) == (ssize_t)sizeof(answer))
        task->answer = answer; /* written at once, so read at once: pipe(7) */
    if (task->child && length == 0)
        network_task_end(task);
    return !task->child;
}

void network_task_end(struct network_task *task)
{
    struct pollfd events = {.fd = task->answers}; /* POLLHUP comes unasked */
    bool has_ended;

    if (!task->child)
        return;
    kill(task->child, SIGKILL);
    /* What is in the midst of a call that nothing ends is not waited for: whoever is process 1 then reaps it. */
    has_ended = poll(&events, 1, WAIT_KILLED_MILLISECONDS) > 0;
    (void)waitpid(task->child, NULL, has_ended ? 0 : WNOHANG);
    close(task->answers);
    task->child = 0;
}

static int look(struct boot *boot, void *task)
{
    (void)boot;
    return network_task_look(task);
}

int network_task_finish(struct network_task *task, struct boot *boot, const char *what, const char *spec)
{
    struct wait wait = {.what = what,
        .spec = spec,
        .seconds = boot->options.timeout,
        .at_each_step = true,
        .look = look,
        .wanted = task};
    int result;

    boot->devices.other = task->answers;
    result = wait_for(boot, &wait);
    boot->devices.other = -1;
    network_task_end(task);
    return result == 0 ? task->answer.error : result;
}
