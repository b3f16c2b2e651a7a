/*
 * Disks that several paths lead to (Fibre Channel, SAS, iSCSI), each of which the kernel shows as a disk of its own: of
 * those with one SCSI id a multipath device is made, which stands for all of them. The kernel alone is told, as
 * multipath-tools' defaults have it, each path a group of its own (failover): their daemon finds the device by its name
 * and uuid in the real root, and puts in order what multipath.conf says beyond that.
 */
#ifndef KINDLING_MULTIPATH_H
#define KINDLING_MULTIPATH_H

#include "storage/storage.h"

extern const struct assembler multipath_assembler;

#endif
