/*
 * Keys of LUKS2 volumes that a TPM, a FIDO2 key or a PKCS#11 token gives out. libcryptsetup's plugins know how, the
 * host's own (libcryptsetup-token-systemd-*.so of systemd), where the image has the feature of that kind.
 */
#ifndef KINDLING_CRYPT_TOKEN_H
#define KINDLING_CRYPT_TOKEN_H

#include "storage/crypt_volume.h"

/* True when the volume has a token that this image can ask, and whose device has not come. *seconds: how long that may
 * take, 0 for one that is there as soon as its driver is. */
bool crypt_token_is_awaited(const struct storage *storage, const struct block_device *device,
    const struct crypt_volume *volume, uint64_t *seconds);

/* Tries them all. Returns CRYPTSETUP_OPENED, or CRYPTSETUP_WRONG_KEY after it said why none of them did. */
int crypt_token_try(
    const struct storage *storage, const struct block_device *device, const struct crypt_volume *volume);

#endif
