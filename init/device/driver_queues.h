/*
 * The drivers that some device wants and that are not loaded yet, by when they shall be: what a disk may be behind
 * comes before slow buses, and those before what has no disk. It loads nothing itself.
 */
#ifndef KINDLING_DRIVER_QUEUES_H
#define KINDLING_DRIVER_QUEUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Numbers of modules in the image's index. */
struct module_queue {
    uint32_t *modules; /* owned */
    size_t first;
    size_t count; /* those before first are done */
    size_t capacity;
};

struct driver_queues {
    struct module_queue quick;   /* drivers to load next */
    struct module_queue late;    /* drivers flagged MODULE_LATE: once nothing else is to be done */
    struct module_queue last;    /* drivers flagged MODULE_LAST: no disk is behind them */
    struct module_queue network; /* drivers flagged MODULE_NETWORK, until one is wanted */
    bool wants_network;
    bool has_removable; /* one of the late ones is of a bus whose disks the firmware need not know: USB, cards */
};

/* Queues a module, unless it waits already. flags are the index's; modalias is the device's that wants it.
 * Returns 0 or -ENOMEM. */
int driver_queues_push(struct driver_queues *queues, uint32_t module, uint32_t flags, const char *modalias);

/* A network is wanted: what waited for that goes before all others, and so does what is queued from now on. Returns 0
 * or -ENOMEM. */
int driver_queues_want_network(struct driver_queues *queues);

/* How many wait in the queue. */
size_t module_queue_waiting(const struct module_queue *queue);

/* Takes out the next one. Returns false when none waits. */
bool module_queue_take(struct module_queue *queue, uint32_t *module);

#endif
