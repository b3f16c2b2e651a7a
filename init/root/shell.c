#include "root/shell.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "module/program.h"
#include "system/log.h"
#include "system/process.h"
#include "system/timing.h"

#define BUSYBOX "/bin/busybox"

int shell_run(const struct index *index, const char *why, const char *what_exit_does)
{
    char *argv[] = {(char *)(uintptr_t)BUSYBOX, (char *)(uintptr_t) "sh", (char *)(uintptr_t)IMAGE_VCONSOLE_PATH, NULL};
    char *install[] = {(char *)(uintptr_t)BUSYBOX, (char *)(uintptr_t) "--install", (char *)(uintptr_t) "-s",
        (char *)(uintptr_t) "/bin", NULL};
    const char *culprit;
    /* A shell without a terminal would read the end of its input and be gone, again and again. */
    int result = isatty(STDIN_FILENO) ? program_unpack(index, BUSYBOX, &culprit) : -ENOTTY;

    if (result < 0) {
        log_error("a shell was asked for, but ", result == -ENOENT   ? "this image has no busybox"
                                                 : result == -ENOTTY ? "there is no console for it"
                                                                     : strerror(-result));
        return result;
    }
    program_unpack_all(index);     /* before the applets, which take what names are left */
    if (process_run(install) != 0) /* so that people and scripts find their commands */
        log_warning("busybox could not install its commands: call them as `busybox COMMAND`");
    if (access(IMAGE_VCONSOLE_PATH, F_OK) == 0)
        (void)process_run(argv); /* it says itself what went wrong; the prompt comes all the same */
    argv[2] = NULL;
    (void)timing_save(); /* for whoever wants to look */
    log_error("a shell in the initramfs, because ", why);
    log_error("the root's place is " IMAGE_ROOT_PATH ", the log is " LOG_PATH "; `exit` ", what_exit_does);
    result = process_run_interactive(argv);
    return result < 0 ? result : 0;
}
