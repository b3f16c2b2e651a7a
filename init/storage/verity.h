/*
 * Roots and /usr that dm-verity vouches for: roothash=, usrhash= and systemd's words for the devices
 * (systemd-veritysetup-generator(8)). The kernel alone is told, no program is needed.
 */
#ifndef KINDLING_STORAGE_VERITY_H
#define KINDLING_STORAGE_VERITY_H

#include "storage/storage.h"

extern const struct assembler verity_assembler;

#endif
