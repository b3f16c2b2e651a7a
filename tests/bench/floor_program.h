/* The floor for what a program opens: the command that does it is known. */
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

static void assemble(void)
{
    static const char *const command[] = {COMMAND, NULL};
    static const char *const environment[] = {"DM_DISABLE_UDEV=1", "MDADM_NO_UDEV=1", NULL};
    pid_t pid;

    mkdir("/run/cryptsetup", 0700);
    if (posix_spawn(&pid, command[0], NULL, NULL, (char *const *)command, (char *const *)environment) == 0)
        waitpid(pid, NULL, 0);
}
