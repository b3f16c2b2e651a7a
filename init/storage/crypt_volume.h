/*
 * What was said of an encrypted volume: on the kernel command line, in the words of dracut (rd.luks.*), systemd
 * (luks.*), mkinitcpio (cryptdevice=, cryptkey=), initramfs-tools (cryptopts=) and Alpine (cryptroot=, cryptdm=), and
 * in the image's own /etc/crypttab.
 */
#ifndef KINDLING_CRYPT_VOLUME_H
#define KINDLING_CRYPT_VOLUME_H

#include "format/superblock.h"
#include "storage/crypt_file.h"
#include "storage/storage.h"

#define CRYPT_NAME_SIZE 128u /* DM_NAME_LEN in linux/dm-ioctl.h */

enum crypt_kind { CRYPT_LUKS, CRYPT_PLAIN, CRYPT_TCRYPT, CRYPT_BITLK };

struct crypt_volume {
    enum crypt_kind kind;
    bool is_named; /* it is to be opened, whatever else there is */
    char name[CRYPT_NAME_SIZE];
    char uuid[SUPERBLOCK_UUID_SIZE]; /* its header's, wherever that lies; "" for none */
    struct crypt_file key, header;   /* header: when it is not where the data is */
    char options[CRYPT_TEXT_SIZE];   /* as crypttab(5) has them */
};

/* Fills *volume, also for a device that nothing was said of. Returns 0, or -ENAMETOOLONG for words that cannot be
 * anything's name. */
int crypt_volume_find(const struct storage *storage, struct block_device *device, struct crypt_volume *volume);

/* True when the words name any volume: none but those is opened then. */
bool crypt_volume_any_is_named(const struct storage *storage);

/* True when the words may tell of a volume that bears no sign of its own, or that of something else: whose header lies
 * elsewhere, or that is plain, VeraCrypt's or BitLocker's. */
bool crypt_volume_any_is_hidden(const struct storage *storage);

/* True when the words forbid to open any: rd.luks=0, luks=no. */
bool crypt_volume_none_is_wanted(const struct storage *storage);

/* The value of an option, name being "tries=", or otherwise if it was not given, or is no number. */
uint64_t crypt_volume_number(const struct crypt_volume *volume, const char *name, uint64_t otherwise);

/* The same of what a word of the kernel command line, "rd.luks.tries", says for the volumes that have no such option.
 */
uint64_t crypt_volume_setting(const struct storage *storage, const struct crypt_volume *volume, const char *name,
    const char *word, uint64_t otherwise);

/* "the LUKS volume", for a message. */
const char *crypt_volume_noun(const struct crypt_volume *volume);

/* Each adds to what is said of the volume: 0 or -ENAMETOOLONG. */
int crypt_volume_set_name(struct crypt_volume *volume, const char *name);
int crypt_volume_add_options(struct crypt_volume *volume, const char *options);

/* device: "" and, as dracut has it, "/" for the image. A key without a path is the device itself. */
int crypt_volume_set_key(struct crypt_volume *volume, const char *path, const char *device);

#endif
