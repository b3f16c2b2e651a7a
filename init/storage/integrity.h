/*
 * Devices whose sectors dm-integrity checks, by themselves: what is opened with integritysetup(8) elsewhere. The kernel
 * alone is told, no program is needed. Those below a LUKS2 volume are cryptsetup's.
 */
#ifndef KINDLING_STORAGE_INTEGRITY_H
#define KINDLING_STORAGE_INTEGRITY_H

#include "storage/storage.h"

extern const struct assembler integrity_assembler;

#endif
