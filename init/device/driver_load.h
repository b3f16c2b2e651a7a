/* Loading a driver, which may never end: the kernel reads the partitions of the disks that the driver finds. */
#ifndef KINDLING_DRIVER_LOAD_H
#define KINDLING_DRIVER_LOAD_H

#include <stdint.h>

#include "module/module.h"

/* Loads module `number` and all that comes with it, as module_load. Where a disk has not answered for as long as one
 * may take (block_device_patience), it says so, has the other disks of that driver probed and returns. A driver that
 * finds no disk is given two minutes. */
void driver_load(struct module_loader *loader, uint32_t number);

#endif
