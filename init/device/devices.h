/*
 * The machine's devices as they come: found by a walk through /sys (coldplug) and then by the kernel's events.
 * Drivers are loaded one at a time, so that the boot can go on in the moment that its root is there.
 */
#ifndef KINDLING_DEVICES_H
#define KINDLING_DEVICES_H

#include <stdbool.h>
#include <stdint.h>

#include "device/block_device.h"
#include "device/driver_queues.h"
#include "module/module.h"

struct devices {
    struct module_loader *loader; /* borrowed */
    struct block_devices blocks;
    struct driver_queues queues;
    bool together; /* the late ones are loaded all at once and what they find is awaited */
    int socket;    /* of kernel events; see uevent_open */
    int other;     /* another descriptor whose input ends a wait, borrowed; -1 for none */
};

/* Opens the socket for events, before devices_walk, so that none falls between the two. buffer: bytes for events that
 * wait to be read. Returns 0 or -errno. */
int devices_open(struct devices *devices, struct module_loader *loader, uint64_t buffer);

/* Takes in all devices that /sys shows. Returns 1 when there was a block device among them, 0 or -errno. */
int devices_walk(struct devices *devices);

/*
 * Goes one step on: takes in an event, or loads a driver, or waits for an event until the deadline (microseconds as
 * timing_now, UINT64_MAX for never). Returns 0 after a step, 1 when a block device came or changed, -ETIMEDOUT at
 * the deadline with nothing left to do, or another -errno.
 */
int devices_step(struct devices *devices, uint64_t deadline);

/* Takes in the events that are waiting, and does no more: what came together with a device is known then. Returns 0 or
 * -errno. */
int devices_take_in(struct devices *devices);

/* True when drivers of slow buses are not loaded yet, unless the firmware's list says that no disk is behind them. */
bool devices_may_have_more_disks(const struct devices *devices);

/* Goes on until no event is waiting and all drivers but the late ones are loaded, without waiting for more. The kernel
 * ends the loading of a driver when its disks are found, so the disks of all quick buses are known then; what is on
 * USB or SD may still be to come. Ends at the deadline in any case, but for what disks take that never answer. Returns
 * 0 or -errno. */
int devices_settle(struct devices *devices, uint64_t deadline);

/* The same with the late drivers: goes on until the kernel has probed all devices and each USB disk and card that it
 * knows of has come. Returns 0, -ETIMEDOUT at the deadline or another -errno. */
int devices_settle_all(struct devices *devices, uint64_t deadline);

/* The same with the last drivers, within five seconds: a person who is asked to type needs a keyboard. */
void devices_load_all(struct devices *devices);

/* Where nothing that is known can be relied on, after a loss of events or a person's doing: forgets the events still
 * queued, which are older than what /sys shows now, and the devices, some of which may have gone or hold something
 * else. Returns 1 when there is a block device, 0 or -errno. */
int devices_start_anew(struct devices *devices);

#endif
