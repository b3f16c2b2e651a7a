/*
 * What was said of a LUKS volume: on the kernel command line, in the words of dracut (rd.luks.*), systemd (luks.*),
 * mkinitcpio (cryptdevice=, cryptkey=), initramfs-tools (cryptopts=) and Alpine (cryptroot=, cryptdm=), and in the
 * image's own /etc/crypttab.
 */
#ifndef KINDLING_LUKS_VOLUME_H
#define KINDLING_LUKS_VOLUME_H

#include "storage/storage.h"

#define LUKS_NAME_SIZE 128u /* DM_NAME_LEN in linux/dm-ioctl.h */
#define LUKS_TEXT_SIZE 1024u

struct luks_volume {
    bool is_named; /* it is to be opened, whatever else there is */
    char name[LUKS_NAME_SIZE];
    char key[LUKS_TEXT_SIZE];        /* the file of its key; "" for none, or for what key_device begins with */
    char key_device[LUKS_TEXT_SIZE]; /* where the file lies, as root= names devices; "" for the image */
    char options[LUKS_TEXT_SIZE];    /* as crypttab(5) has them */
};

/* Fills *volume, also for a device that nothing was said of. Returns 0, or -ENAMETOOLONG for words that cannot be
 * anything's name. */
int luks_volume_find(const struct storage *storage, struct block_device *device, struct luks_volume *volume);

/* True when the words name any volume: none but those is opened then. */
bool luks_volume_any_is_named(const struct storage *storage);

/* True when the words forbid to open any: rd.luks=0, luks=no. */
bool luks_volume_none_is_wanted(const struct storage *storage);

/* The value of an option, name being "tries=", or otherwise if it was not given, or is no number. */
uint64_t luks_volume_number(const struct luks_volume *volume, const char *name, uint64_t otherwise);

#endif
