/* LUKS containers, opened by the host's own cryptsetup(8) with a key, or a passphrase that somebody types. */
#ifndef KINDLING_LUKS_H
#define KINDLING_LUKS_H

#include "storage/storage.h"

extern const struct assembler luks_assembler;

#endif
