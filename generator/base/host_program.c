#include "base/host_program.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/stop.h"

#define SAID_MAXIMUM 4096u

char *host_program_path(const char *name)
{
    const char *path = getenv("PATH");
    struct string_list directories = {0};
    char *program = NULL;

    string_list_add_parts(&directories, path ? path : "", ":");
    string_list_add(&directories, "/usr/sbin");
    string_list_add(&directories, "/sbin");
    for (size_t i = 0; i < directories.count && !program; i++) {
        program = allocate_format("%s/%s", directories.items[i], name);
        if (access(program, X_OK) == 0)
            continue;
        free(program);
        program = NULL;
    }
    string_list_free(&directories);
    return program;
}

char *host_program_find(const char *name, const char *package, const char *purpose)
{
    char *program = host_program_path(name);

    if (!program)
        log_error("cannot %s: %s is missing (Debian's package %s has it)", purpose, name, package);
    return program;
}

/* Until its end: the last of it stays. */
static void read_what_it_says(int fd, char said[SAID_MAXIMUM])
{
    size_t used = 0;
    char bytes[1024];
    ssize_t length;

    while ((length = read(fd, bytes, sizeof(bytes))) > 0 || (length < 0 && errno == EINTR && stop_check() == 0)) {
        size_t more = length > 0 ? (size_t)length : 0;

        if (used + more >= SAID_MAXIMUM) {
            size_t excess = used + more - SAID_MAXIMUM + 1;

            memmove(said, said + excess, used - excess);
            used -= excess;
        }
        memcpy(said + used, bytes, more);
        used += more;
    }
    said[used] = '\0';
}

static int wait_for(pid_t child)
{
    int status = 0;

    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    if (stop_check() < 0)
        return -EINTR;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

/* The last line that is not empty: programs say last what went wrong. */
static const char *last_line(char *said)
{
    size_t length = strlen(said);
    char *start;

    while (length > 0 && strchr(" \t\r\n", said[length - 1]))
        said[--length] = '\0';
    start = strrchr(said, '\n');
    return start ? start + 1 : said;
}

static int start(const char *program, const struct string_list *words, int said, pid_t *child)
{
    char **arguments = allocate((words->count + 1) * sizeof(*arguments)); /* ends with NULL */
    posix_spawn_file_actions_t actions;
    int result;

    memcpy(arguments, words->items, words->count * sizeof(*arguments));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, said, STDERR_FILENO);
    result = -posix_spawn(child, program, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    free(arguments);
    return result;
}

int host_program_run(const char *program, struct string_list *arguments, const char *purpose)
{
    char said[SAID_MAXIMUM] = "";
    pid_t child;
    int ends[2];
    int result = pipe2(ends, O_CLOEXEC) < 0 ? -errno : 0;

    if (result == 0) {
        result = start(program, arguments, ends[1], &child);
        close(ends[1]);
        if (result == 0) {
            stop_with_child(child);
            read_what_it_says(ends[0], said);
            result = wait_for(child);
            stop_with_child(0);
        }
        close(ends[0]);
    }
    if (result == -EINTR)
        log_error("stopped by a signal");
    else if (result < 0)
        log_error(
            "cannot %s: %s: %s", purpose, arguments->items[0], result == -EIO ? last_line(said) : strerror(-result));
    string_list_free(arguments);
    return result;
}
