/*
 * A directory below TMPDIR to work in, 0700, gone when the program ends. Its maker, and a child that writes into it,
 * hold a lock on it: what is found unlocked was left by a run that was killed, and is removed by the next.
 */
#ifndef KINDLING_SCRATCH_H
#define KINDLING_SCRATCH_H

struct scratch {
    char *path; /* NULL: there is none */
    int lock;
};

/* Logs. 0 or -errno. */
int scratch_make(struct scratch *scratch);
/* Removes it with all that is in it; nothing to do for an empty struct. */
void scratch_remove(struct scratch *scratch);

#endif
