/* The network's program (init/network/), run as a child, and what it tells in lines of a pipe: "KEY VALUE". */
#ifndef KINDLING_NETWORK_CHILD_H
#define KINDLING_NETWORK_CHILD_H

#include <sys/types.h>

#include "boot.h"
#include "contract/network_lease.h"

#define NETWORK_PROGRAM "/lib/kindling/network"
#define NETWORK_STATE_SIZE 256u

/* What a line has told; the others only fill in what is said. */
enum network_told {
    NETWORK_TOLD_NOTHING,
    NETWORK_TOLD_UP,
    NETWORK_TOLD_ADDRESS,
    NETWORK_TOLD_PROGRESS,
    NETWORK_TOLD_FETCHED
};

struct network_child {
    pid_t pid; /* 0 for none */
    int pipe;  /* its reading end */
    char line[NETWORK_LINE_SIZE + NETWORK_STATE_SIZE];
    size_t used;
    char state[NETWORK_STATE_SIZE]; /* what it waits for, as a clause */
    struct network_lease next;      /* as far as it was told */
    struct network_address found;   /* of a host */
    uint64_t next_note;             /* of a download's progress, which it tells each second; as timing_now */
};

/* arguments: NULL for want of memory. state: until it says another. Returns 0, or a -errno after the failure was noted.
 */
int network_child_start(struct network_child *child, struct boot *boot, char **arguments, const char *state);

/* network_child_read no longer waits for what is not there yet. Returns 0, or a -errno after the failure was noted. */
int network_child_unblock(struct network_child *child);

/* Takes in what is told, up to the first line that tells more than it fills in. Returns what that is, -EAGAIN when
 * nothing more is waiting, -EPIPE at the child's end. */
int network_child_read(struct network_child *child);

/* Kills it, if there is one. */
void network_child_end(struct network_child *child);

#endif
