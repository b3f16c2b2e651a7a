/* The passphrase of an encrypted volume: asked for, and kept for the other volumes until the hand-over. */
#ifndef KINDLING_CRYPT_PASSPHRASE_H
#define KINDLING_CRYPT_PASSPHRASE_H

#include "storage/crypt_volume.h"

/* Opens the volume with what somebody types; meanwhile cryptsetup and the drivers of keyboards are made ready. Returns
 * cryptsetup's status of the last try, CRYPTSETUP_WRONG_KEY also for an empty line; or -errno. Why it is not open was
 * logged. */
int crypt_passphrase_ask(struct storage *storage, const struct block_device *device, const struct crypt_volume *volume);

/* True when a passphrase has opened another volume. */
bool crypt_passphrase_is_known(void);

/* Tries that one. Returns as cryptsetup_open; CRYPTSETUP_WRONG_KEY when there is none. */
int crypt_passphrase_try_known(
    const struct storage *storage, const struct block_device *device, const struct crypt_volume *volume);

/* Wipes it. */
void crypt_passphrase_forget(void);

#endif
