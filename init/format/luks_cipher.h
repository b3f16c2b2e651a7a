/* What a LUKS volume is enciphered with, from its header. Pure. */
#ifndef KINDLING_LUKS_CIPHER_H
#define KINDLING_LUKS_CIPHER_H

#include <stdbool.h>
#include <stddef.h>

#include "format/device_view.h"

#define LUKS_CIPHER_SIZE 66u /* two fields of 32 bytes, a dash and the NUL */

/* How much of a volume luks_cipher wants to see, in bytes: LUKS2's text is as long as its header, 16 KiB by default. */
#define LUKS_CIPHER_HEAD_SIZE 65536u

/* Writes "aes-xts-plain64": the cipher, its mode and how that begins, as dm-crypt has them. Of LUKS2, the first
 * segment's. False when the view does not tell. */
bool luks_cipher(const struct device_view *view, char cipher[LUKS_CIPHER_SIZE]);

#endif
