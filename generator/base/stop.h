/*
 * SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGPIPE do not end the program on the spot: work that takes time asks here,
 * returns -EINTR as from any failure, and so all that is unfinished is cleaned up on the usual way out.
 */
#ifndef KINDLING_STOP_H
#define KINDLING_STOP_H

#include <sys/types.h>

void stop_on_signals(void);
/* 0, or -EINTR once a signal has come. */
int stop_check(void);
/* A program that we wait for: it is stopped too, from now on until it is 0 again. */
void stop_with_child(pid_t pid);
/* Dies of the signal that came, if one came, so that the caller sees the truth. */
void stop_die(void);

#endif
