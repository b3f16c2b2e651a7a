/* A shell for the person at the console: only ever when the command line asked for one. */
#ifndef KINDLING_SHELL_H
#define KINDLING_SHELL_H

#include "contract/index.h"

/* Runs busybox's shell on the console until it exits, having said why it is there and what `exit` does. Returns 0,
 * -ENOENT when this image has no busybox, -ENOTTY when there is no console, or -errno; says so. */
int shell_run(const struct index *index, const char *why, const char *what_exit_does);

#endif
