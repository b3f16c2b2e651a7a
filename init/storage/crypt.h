/* Encrypted volumes (LUKS, plain dm-crypt, BitLocker, VeraCrypt), opened by the host's own cryptsetup(8) with a key, or
 * a passphrase that somebody types. */
#ifndef KINDLING_CRYPT_H
#define KINDLING_CRYPT_H

#include "storage/storage.h"

extern const struct assembler crypt_assembler;

#endif
