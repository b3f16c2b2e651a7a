#include "shell.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "log.h"
#include "member.h"
#include "process.h"

#define BUSYBOX "/bin/busybox"

/* The applets' links, so that people and scripts find their commands. */
static int install_applets(void)
{
    char *argv[] = {(char *)(uintptr_t)BUSYBOX, (char *)(uintptr_t) "--install", (char *)(uintptr_t) "-s",
        (char *)(uintptr_t) "/bin", NULL};

    return process_run(argv);
}

int shell_run(const struct index *index, const char *why, const char *what_exit_does)
{
    char *argv[] = {(char *)(uintptr_t)BUSYBOX, (char *)(uintptr_t) "sh", NULL};
    int result = member_unpack_tool(index, BUSYBOX);

    if (result < 0) {
        log_error("a shell was asked for, but ", result == -ENOENT ? "this image has no busybox" : strerror(-result));
        return result;
    }
    if (install_applets() != 0)
        log_warning("busybox could not install its commands: call them as `busybox COMMAND`");
    log_error("a shell in the initramfs, because ", why, "; `exit` ", what_exit_does);
    result = process_run_interactive(argv);
    return result < 0 ? result : 0;
}
