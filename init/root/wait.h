/* The wait for what comes with a device: the only loop of its kind. */
#ifndef KINDLING_WAIT_H
#define KINDLING_WAIT_H

#include "boot.h"

struct wait {
    const char *what;  /* who wants it, for the lines that say so now and then: "root=" */
    const char *spec;  /* and what: "/dev/vda1" */
    uint64_t seconds;  /* at most; or BOOT_TIMEOUT_NEVER */
    bool at_each_step; /* nothing announces it: looks after each step of the devices, not only when a disk has come */
    /* Returns 1 when it is there, 0 when it is not there yet, or the -errno that ends the wait. */
    int (*look)(struct boot *boot, void *wanted);
    void *wanted;
};

/* Goes on with the devices, and with what is assembled of them, until it is there. Looks once in any case, and a last
 * time when the time is over. Returns 0, -ETIMEDOUT or another -errno. */
int wait_for(struct boot *boot, const struct wait *wait);

#endif
