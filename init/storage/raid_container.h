/* Containers of the firmware's RAID: disks whose superblock, Intel's or DDF's, may tell of several arrays. mdadm hands
 * them to the kernel, and mdmon, which stays, keeps their superblocks. */
#ifndef KINDLING_RAID_CONTAINER_H
#define KINDLING_RAID_CONTAINER_H

#include "storage/storage.h"

extern const struct assembler isw_assembler, ddf_assembler;

#endif
