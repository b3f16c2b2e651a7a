/* What the kernel command line says of an encrypted volume, in the words of each tradition; see crypt_volume.h. */
#ifndef KINDLING_CRYPT_CMDLINE_H
#define KINDLING_CRYPT_CMDLINE_H

#include "storage/crypt_volume.h"

/* Adds it to *volume. Returns 0 or -ENAMETOOLONG. */
int crypt_cmdline_take(const struct storage *storage, struct block_device *device, struct crypt_volume *volume);

/* True when a volume is named, whichever. */
bool crypt_cmdline_names_any(const struct storage *storage);

#endif
