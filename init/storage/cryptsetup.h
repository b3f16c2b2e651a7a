/* The host's own cryptsetup(8), as it is called to open a volume. */
#ifndef KINDLING_CRYPTSETUP_H
#define KINDLING_CRYPTSETUP_H

#include "storage/crypt_volume.h"

#define CRYPTSETUP "/sbin/cryptsetup"

/* Its exit status (cryptsetup(8)). */
enum { CRYPTSETUP_OPENED = 0, CRYPTSETUP_WRONG_KEY = 2, CRYPTSETUP_NO_MEMORY = 3, CRYPTSETUP_EXISTS = 5 };

/* True when the image has it, unpacked or not. */
bool cryptsetup_is_there(const struct index *index);

/* Makes it ready, and dm_crypt with it, once: what failed is logged once. Returns 0 or -errno. */
int cryptsetup_unpack(const struct storage *storage);

/* Opens the volume with a key from a file, or, without one, with the passphrase. Returns cryptsetup's exit status, or
 * what else process_run_fed does; why it failed is logged, unless that was the key. */
int cryptsetup_open(const struct block_device *device, const struct crypt_volume *volume, const char *key_file,
    const char *passphrase, size_t length);

#endif
