/*
 * /init under its third name: what takes a root down from outside. systemd, once it has stopped all else, moves to
 * /run/initramfs and starts /shutdown there, the old root below /oldroot (https://systemd.io/INITRD_INTERFACE).
 */
#ifndef KINDLING_SHUTDOWN_H
#define KINDLING_SHUTDOWN_H

#include <stdbool.h>

/* True when argv[0] is the helper's name, in whatever directory: systemd says /shutdown. */
bool shutdown_is_asked(const char *argv0);

/* Unmounts the old root and all that is mounted below it, then does what argv[1] says: poweroff, reboot, halt or
 * kexec. For process 1 only; returns, as its exit status, when the kernel does none of that. */
int shutdown_main(char **argv);

/* Leaves a copy of /init as /run/initramfs/shutdown. */
void shutdown_install(void);

#endif
