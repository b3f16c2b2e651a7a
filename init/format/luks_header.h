/* What the header of a LUKS volume tells: what it is enciphered with, which tokens have keys of it. Pure. */
#ifndef KINDLING_LUKS_HEADER_H
#define KINDLING_LUKS_HEADER_H

#include <stdbool.h>

#include "format/device_view.h"

#define LUKS_CIPHER_SIZE 66u /* two fields of 32 bytes, a dash and the NUL */

/* How much of a volume is wanted, in bytes: LUKS2's text is as long as its header, 16 KiB by default. */
#define LUKS_HEADER_SIZE 65536u

/* Writes "aes-xts-plain64": the cipher, its mode and how that begins, as dm-crypt has them. Of LUKS2, the first
 * segment's. False when the view does not tell. */
bool luks_header_cipher(const struct device_view *view, char cipher[LUKS_CIPHER_SIZE]);

/* The same of what keeps its sectors from being changed, as "hmac(sha256)" or "aead". */
bool luks_header_integrity(const struct device_view *view, char type[LUKS_CIPHER_SIZE]);

/* True when LUKS2's text has the value for the key anywhere, as {"type":"systemd-tpm2"} of a token. */
bool luks_header_says(const struct device_view *view, const char *key, const char *value);

#endif
