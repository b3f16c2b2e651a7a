/*
 * What takes its time on a network and may have to be tried until the server is there: a child of /init's does it, and
 * tells what came of each try, while the devices go on to be found.
 */
#ifndef KINDLING_NETWORK_TASK_H
#define KINDLING_NETWORK_TASK_H

#include "boot.h"

struct network_answer {
    int error;      /* 0: it is done; else the -errno of the last try, -EINPROGRESS before the first has ended */
    char text[512]; /* after an error a sentence of what was tried in vain, and why; else the path of the device that
                     * was made, if one was */
};

/* One try, in the child. It may block: the child is killed at the end of its time. */
typedef void network_try(struct boot *boot, const void *context, struct network_answer *answer);

struct network_task {
    pid_t child; /* 0 when it has ended */
    int answers; /* the pipe */
    struct network_answer answer;
};

/* Begins to try, at least once, and then as long as another try may succeed where the last did not. Returns 0, or a
 * -errno after the failure was noted. network_task_end it. */
int network_task_start(struct network_task *task, struct boot *boot, network_try *try, const void *context);

/* Takes in what was told meanwhile. Returns true when it has come to its end, one way or the other. */
bool network_task_look(struct network_task *task);

/* Ends the child, if it is still there. */
void network_task_end(struct network_task *task);

/* Waits for the end of it, as long as a root is waited for; then it is ended in any case. what, spec: as in wait.h.
 * Returns 0 when it is done, -ETIMEDOUT or another -errno, where the answer tells of the last try. */
int network_task_finish(struct network_task *task, struct boot *boot, const char *what, const char *spec);

/* Fills an answer: the error, and the sentence of parts up to a NULL. */
void network_answer(struct network_answer *answer, int error, ...) __attribute__((sentinel));

/* In words, for the end of a sentence; where strerror(3) would not say what it is that a server did. */
const char *network_error(int error);

#endif
