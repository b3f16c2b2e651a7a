/* The wait for a root: until when, and what it says meanwhile. */
#ifndef KINDLING_ROOT_WAIT_H
#define KINDLING_ROOT_WAIT_H

#include "boot.h"

struct root_wait {
    uint64_t start; /* all three as timing_now */
    uint64_t deadline;
    uint64_t next_note;
};

/* Gives the devices the time that rootdelay= wants, before the root is looked for. Returns 0 or -errno. */
int root_wait_delay(const struct boot_options *options, struct devices *devices);

void root_wait_begin(struct root_wait *wait, const struct boot_options *options);

/* Goes one step on with the devices and says now and then that it still waits for what and spec
 * ("root=", "/dev/vda1"). Returns as devices_step, and
 * -ETIMEDOUT once the deadline is over, however much is going on. */
int root_wait_step(struct root_wait *wait, struct devices *devices, const char *what, const char *spec);

#endif
