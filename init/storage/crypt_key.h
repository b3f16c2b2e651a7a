/* The key of an encrypted volume that lies in a file: in the image, or on a device of its own. */
#ifndef KINDLING_CRYPT_KEY_H
#define KINDLING_CRYPT_KEY_H

#include "storage/crypt_volume.h"

#define CRYPT_KEY_MAY_COME 1024 /* no exit status, nor a signal's */

/* Returns CRYPTSETUP_OPENED; CRYPT_KEY_MAY_COME when its device is not there yet; or, after it said why the key did not
 * do, another status as cryptsetup_open's. is_last_chance: the device will not be waited for. */
int crypt_key_use(
    struct storage *storage, const struct block_device *device, const struct crypt_volume *volume, bool is_last_chance);

#endif
