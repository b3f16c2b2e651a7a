/* The RAID of ATA controllers' firmware that the host's dmraid(8) puts together; Intel's and DDF's are mdadm's
 * (raid_container.h). */
#ifndef KINDLING_DMRAID_H
#define KINDLING_DMRAID_H

#include "storage/storage.h"

extern const struct assembler dmraid_assembler;

#endif
