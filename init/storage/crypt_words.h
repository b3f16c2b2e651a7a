/* Words of the kernel command line that tell of encrypted volumes, and how they say which one they mean. */
#ifndef KINDLING_CRYPT_WORDS_H
#define KINDLING_CRYPT_WORDS_H

#include "storage/crypt_volume.h"

/* The words KEY=VALUE, and then those with systemd's key, which is the same without its "rd.". */
struct crypt_words {
    const struct cmdline *cmdline;
    const char *key;
    size_t position;
};

struct crypt_words crypt_words_of(const struct storage *storage, const char *key);

/* The next value, or NULL. */
const char *crypt_words_next(struct crypt_words *words);

/* The next word with that key, which may have no value; position: 0 for the first. */
const struct cmdline_word *crypt_words_next_key(const struct storage *storage, const char *key, size_t *position);

/* True when the last value is a no. */
bool crypt_words_refuse(struct crypt_words words);

/* What follows dracut's "luks-". */
const char *crypt_word_uuid(const char *uuid);

/* True for the volume's UUID, or a beginning of it, as dracut has it. */
bool crypt_word_is_uuid(const struct crypt_volume *volume, const char *uuid, size_t length);

/* True when the device, or the disk that it is a part of, has this serial number. */
bool crypt_word_is_serial(const struct block_device *device, const char *serial);

/* "UUID=VALUE" where the UUID may be left out for any volume. Returns the value, or NULL when it is another's. */
const char *crypt_word_value(const struct crypt_volume *volume, const char *word);

/* The parts of a word that colons divide; a missing one is "". */
struct crypt_parts {
    char text[CRYPT_TEXT_SIZE];
    const char *part[3];
};

/* Returns 0 or -ENAMETOOLONG. */
int crypt_word_split(const char *word, struct crypt_parts *parts);

#endif
