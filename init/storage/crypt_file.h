/* A file that an encrypted volume needs, its key or its detached header: in the image, on a device, or a device. */
#ifndef KINDLING_CRYPT_FILE_H
#define KINDLING_CRYPT_FILE_H

#include "storage/storage.h"

#define CRYPT_TEXT_SIZE 1024u

struct crypt_file {
    char path[CRYPT_TEXT_SIZE];   /* "" for the device itself, or for none at all */
    char device[CRYPT_TEXT_SIZE]; /* where the file lies, as root= names devices; "" for the image */
};

/* "PATH", "PATH:DEVICE", or a device alone. Returns 0 or -ENAMETOOLONG. */
int crypt_file_parse(struct crypt_file *file, const char *word);

bool crypt_file_is_given(const struct crypt_file *file);

/* True when its device has not come. */
bool crypt_file_is_missing(const struct storage *storage, const struct crypt_file *file);

struct crypt_file_view {
    char path[2 * CRYPT_TEXT_SIZE]; /* where it can be read now */
    const char *mounted_at;         /* NULL for nowhere */
};

/* place: a directory of its own, which is made, for its device to be mounted at. Returns 0; -ENODEV when the device has
 * not come; or -errno. crypt_file_close after it in any case. */
int crypt_file_open(
    const struct storage *storage, const struct crypt_file *file, const char *place, struct crypt_file_view *view);
void crypt_file_close(struct crypt_file_view *view);

#endif
