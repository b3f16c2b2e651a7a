#include "command/post_update.h"

#include <dirent.h>
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/log.h"
#include "base/stop.h"
#include "base/string_list.h"
#include "feature/data_directory.h"

/* As run-parts(8) names them. */
#define HOOK_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static void find_hooks(const char *path, struct string_list *hooks)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;

    while (directory && (entry = readdir(directory))) {
        if (entry->d_name[strspn(entry->d_name, HOOK_CHARACTERS)] == '\0'
            && faccessat(dirfd(directory), entry->d_name, X_OK, 0) == 0)
            string_list_add(hooks, entry->d_name);
    }
    if (directory)
        closedir(directory);
    string_list_sort(hooks);
}

/* Returns 0, the program's exit status, or -errno. */
static int wait_for(pid_t child)
{
    int status;
    pid_t ended;

    stop_with_child(child);
    do
        ended = waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    stop_with_child(0);
    if (ended < 0)
        return -errno;
    if (stop_check() < 0)
        return -EINTR;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int run_hook(char *program, const char *release, const char *image)
{
    char *version = allocate_string(release);
    char *file = allocate_string(image);
    char *arguments[] = {program, version, file, NULL};
    pid_t child;
    int result = -posix_spawn(&child, program, NULL, NULL, arguments, environ);

    if (result == 0)
        result = wait_for(child);
    if (result > 0)
        log_error("%s failed for %s: exit status %d", program, image, result);
    if (result < 0)
        log_error("cannot run %s: %s", program, strerror(-result));
    free(version);
    free(file);
    return result ? -EIO : 0;
}

int post_update_run(const char *release, const char *image)
{
    char *directory = data_directory_configuration("initramfs/post-update.d");
    struct string_list hooks = {0};
    int result = 0;

    find_hooks(directory, &hooks);
    for (size_t i = 0; i < hooks.count && stop_check() == 0; i++) {
        char *program = allocate_format("%s/%s", directory, hooks.items[i]);

        if (run_hook(program, release, image) < 0)
            result = -EIO;
        free(program);
    }
    string_list_free(&hooks);
    free(directory);
    return result;
}
