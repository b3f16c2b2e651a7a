/*
 * Disks that the kernel is still looking for after their driver was loaded: USB and card hosts work in threads of their
 * own, which loading a module does not wait for.
 */
#ifndef KINDLING_PROBING_H
#define KINDLING_PROBING_H

#include <stdbool.h>
#include <stdint.h>

#include "device/block_device.h"

/* True when there is a bus of that kind. */
bool probing_has_hubs(void);

/* Waits until no USB hub is at work on what its ports told it. This may last as long as a broken device takes to be
 * given up, so it is for a process that need not go on. */
void probing_await_hubs(void);

/* One look at all of these buses. known: the block devices whose events have come; since: when the last driver was
 * loaded, as timing_now. Returns 0 when no disk is on its way, else the time of the next look that is worth while, if
 * no event comes before. */
uint64_t probing_look(const struct block_devices *known, uint64_t since);

#endif
