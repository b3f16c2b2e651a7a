#include "system/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "system/timing.h"

#define EXIT_NOT_STARTED 127
#define CALL_STACK_SIZE 65536u

static uint64_t lost; /* microseconds */

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

/* Keeps the last of what comes until the end of the pipe. */
static void keep_end(int fd, char said[PROCESS_SAID_SIZE])
{
    size_t used = 0;
    ssize_t length;

    for (;;) {
        if (used == PROCESS_SAID_SIZE - 1) {
            used /= 2;
            memmove(said, said + PROCESS_SAID_SIZE - 1 - used, used);
        }
        length = read(fd, said + used, PROCESS_SAID_SIZE - 1 - used);
        if (length == 0 || (length < 0 && errno != EINTR))
            break;
        used += length > 0 ? (size_t)length : 0;
    }
    said[used] = '\0';
}

int process_run_fed(char *const argv[], char *environment, const void *bytes, size_t size, char said[PROCESS_SAID_SIZE])
{
    int input[2], output[2];
    bool is_fed;
    pid_t child;

    *said = '\0';
    if (pipe2(input, O_CLOEXEC) < 0)
        return -errno;
    if (pipe2(output, O_CLOEXEC) < 0) {
        child = -errno;
        close(input[0]);
        close(input[1]);
        return child;
    }
    is_fed = size == 0 || write(input[1], bytes, size) == (ssize_t)size;
    close(input[1]);
    child = is_fed ? fork() : -1;
    if (child == 0) {
        dup2(input[0], STDIN_FILENO);
        dup2(output[1], STDOUT_FILENO);
        dup2(output[1], STDERR_FILENO);
        putenv(environment);
        become(argv);
    }
    close(input[0]);
    close(output[1]);
    if (child > 0)
        keep_end(output[0], said);
    close(output[0]);
    return child < 0 ? -EIO : process_wait(child);
}

int process_run_interactive(char *const argv[])
{
    static char path[] = "PATH=/bin:/sbin:/usr/bin:/usr/sbin";
    pid_t child = fork();

    if (child < 0)
        return -errno;
    if (child == 0) {
        setsid();
        process_set_path(path, true);      /* for its own children; ours get what the kernel gave us */
        ioctl(STDIN_FILENO, TIOCSCTTY, 1); /* without it the shell has no job control; that's all */
        become(argv);
    }
    return process_wait(child);
}

static int start_call(void *context)
{
    const struct process_call *call = context;

    call->function(call->argument);
    return 0;
}

/* No copy of the memory is made, which takes a tenth of a fork's time; and a program that this process becomes is not
 * held up by it, as it would be by a thread. */
void process_call_begin(struct process_call *call, void (*function)(void *argument), void *argument)
{
    static alignas(16) char stack[CALL_STACK_SIZE];
    int ends[2];

    *call = (struct process_call){function, argument, -1, -1, timing_now(), false};
    if (pipe2(ends, O_CLOEXEC) == 0) {
        call->child = clone(start_call, stack + sizeof(stack), CLONE_VM | SIGCHLD, call);
        close(ends[1]);
        call->end = ends[0];
    }
    if (call->child < 0) {
        function(argument); /* rather than not at all */
        call->has_ended = true;
    }
}

bool process_call_await(struct process_call *call, uint64_t microseconds)
{
    struct pollfd events = {.fd = call->end};
    uint64_t now = timing_now(), deadline = now + microseconds;

    while (!call->has_ended && now < deadline) {
        uint64_t left = (deadline - now) / 1000 + 1;

        call->has_ended = poll(&events, 1, left > 60000 ? 60000 : (int)left) > 0;
        now = timing_now();
    }
    return call->has_ended;
}

int process_call_end(struct process_call *call)
{
    close(call->end);
    if (!call->has_ended) {
        kill(call->child, SIGSTOP); /* killed it would close its device, and hold a lock there that sync(2) waits for */
        lost += timing_now() - call->start;
    }
    if (call->child > 0)
        waitpid(call->child, NULL, call->has_ended ? 0 : WNOHANG);
    return call->has_ended ? 0 : -ETIMEDOUT;
}

int process_call(void (*function)(void *argument), void *argument, uint64_t microseconds)
{
    struct process_call call;

    process_call_begin(&call, function, argument);
    (void)process_call_await(&call, microseconds);
    return process_call_end(&call);
}

uint64_t process_lost(void)
{
    return lost;
}
