#include "root/fsck_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "system/log.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

/* As initramfs-tools leaves it. */
#define FSCK_LOG_PATH "/run/initramfs/fsck.log"

/* A check that runs. */
struct run {
    const char *path;
    int log;
    struct pollfd pipes[2]; /* what it prints, and how far it is */
    uint64_t next_note;
};

static void keep(int log, const char *text, size_t length)
{
    if (log >= 0 && write(log, text, length) < 0)
        return; /* /run is full: the console has it */
}

static int open_log(void)
{
    return open(FSCK_LOG_PATH, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
}

static uint64_t next_number(const char **text)
{
    uint64_t number = 0;

    for (*text += strspn(*text, " "); **text >= '0' && **text <= '9'; ++*text)
        number = number * 10 + (uint64_t)(**text - '0');
    return number;
}

/* "PASS DONE ALL DEVICE" (e2fsck(8), -C). What share of the whole each pass takes is e2fsck's own guess, as its
 * progress bar has it. */
static uint64_t percent_done(const char *line)
{
    static const unsigned char pass_ends[] = {0, 70, 90, 92, 95, 100};
    uint64_t pass = next_number(&line);
    uint64_t done = next_number(&line);
    uint64_t all = next_number(&line);

    if (pass == 0 || pass >= sizeof(pass_ends) || all == 0 || done > all)
        return 0;
    return pass_ends[pass - 1] + (uint64_t)(pass_ends[pass] - pass_ends[pass - 1]) * done / all;
}

/* Returns false at the end of the pipe. */
static bool take(struct run *run, unsigned pipe)
{
    char text[512], percent[DECIMAL_SIZE];
    ssize_t length = read(run->pipes[pipe].fd, text, sizeof(text) - 1);

    if (length <= 0)
        return length < 0 && errno == EINTR;
    text[length] = '\0';
    if (pipe > 0) {
        if (timing_is_due(&run->next_note, WAIT_FSCK_NOTES))
            log_warning("still checking ", run->path, ": ", text_decimal(percent_done(text), percent), " %");
        return true;
    }
    keep(run->log, text, (size_t)length);
    if (write(STDOUT_FILENO, text, (size_t)length) < 0)
        return true; /* nobody looks; the log has it */
    return true;
}

static void watch(struct run *run)
{
    while (run->pipes[0].fd >= 0 || run->pipes[1].fd >= 0) {
        if (poll(run->pipes, 2, -1) < 0 && errno != EINTR)
            return;
        for (unsigned i = 0; i < 2; i++) {
            if (run->pipes[i].revents && !take(run, i)) {
                close(run->pipes[i].fd);
                run->pipes[i].fd = -1; /* poll passes over it */
            }
        }
    }
}

static void keep_command(int log, char *const argv[])
{
    for (; *argv; argv++) {
        keep(log, *argv, strlen(*argv));
        keep(log, argv[1] ? " " : "\n", 1);
    }
}

/* Runs the program with its output on the console and in the log. Returns as process_wait. */
static int run_watched(const char *path, char *argv[], int output[2], int progress[2])
{
    struct run run = {.path = path,
        .log = open_log(),
        .pipes = {{.fd = output[0], .events = POLLIN}, {.fd = progress[0], .events = POLLIN}},
        .next_note = timing_now() + WAIT_FSCK_NOTES};
    pid_t child;

    keep_command(run.log, argv);
    child = process_start(argv, output[1]);
    close(output[1]);
    close(progress[1]);
    watch(&run);
    if (run.log >= 0)
        close(run.log);
    return child < 0 ? child : process_wait(child);
}

int fsck_run(const struct fsck_command *command)
{
    char mode[] = "-a", force[] = "-f", how_far[] = "-C", number[DECIMAL_SIZE];
    char *argv[7] = {(char *)(uintptr_t)command->program, mode};
    size_t count = 2;
    int output[2], progress[2];

    if (strcmp(command->repair, "preen") != 0)
        mode[1] = command->repair[0]; /* -y or -n */
    if (pipe(output) < 0 || pipe(progress) < 0)
        return -errno;
    if (command->is_ext) {
        argv[count++] = how_far;
        argv[count++] = (char *)(uintptr_t)text_decimal((unsigned)progress[1], number);
        if (command->force)
            argv[count++] = force;
    }
    argv[count] = (char *)(uintptr_t)command->path;
    return run_watched(command->path, argv, output, progress);
}

void fsck_keep(const char *path, const char *words)
{
    int log = open_log();

    keep(log, path, strlen(path));
    keep(log, words, strlen(words));
    if (log >= 0)
        close(log);
}
