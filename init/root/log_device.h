/* The further devices that rootflags= names: a log, a journal, real-time data. */
#ifndef KINDLING_LOG_DEVICE_H
#define KINDLING_LOG_DEVICE_H

#include "boot.h"

/* Waits for each, as for the root, and puts its path in the place of what it is called. Returns 0, or a -errno after it
 * noted the failure. */
int log_devices_find(struct boot *boot);

#endif
