/* The host's own cryptsetup(8), as it is called to open a volume. */
#ifndef KINDLING_CRYPTSETUP_H
#define KINDLING_CRYPTSETUP_H

#include "format/device_view.h"
#include "storage/crypt_volume.h"

#define CRYPTSETUP "/sbin/cryptsetup"

/* Where the device of a detached header is mounted meanwhile. */
#define CRYPTSETUP_HEADER_PLACE "/run/initramfs/header"

/* Its exit status (cryptsetup(8)). */
enum { CRYPTSETUP_OPENED = 0, CRYPTSETUP_WRONG_KEY = 2, CRYPTSETUP_NO_MEMORY = 3, CRYPTSETUP_EXISTS = 5 };

/* True when the image has it, unpacked or not. */
bool cryptsetup_is_there(const struct index *index);

/* Makes it ready, and dm_crypt with it, once: what failed is logged once. Returns 0 or -errno. */
int cryptsetup_unpack(const struct storage *storage);

/* What opens a volume: a file, a token, or else the passphrase. */
struct cryptsetup_key {
    const char *file;
    const char *token;      /* its type in LUKS2's text */
    const char *token_name; /* for messages: "TPM" */
    const char *program;    /* that knows the token, for cryptsetup itself */
    const char *passphrase;
    size_t length; /* of the passphrase */
};

/* Returns cryptsetup's exit status, or what else process_run_fed does; why it failed is logged, unless that was a key
 * from a file or a passphrase. */
int cryptsetup_open(const struct storage *storage, const struct block_device *device, const struct crypt_volume *volume,
    const struct cryptsetup_key *key);

/* The beginning of the volume's header, wherever that is; the caller frees it. NULL when it cannot be read. */
uint8_t *cryptsetup_read_header(const struct storage *storage, const struct block_device *device,
    const struct crypt_volume *volume, struct device_view *view);

#endif
