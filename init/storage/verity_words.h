/* What the kernel command line says of a device that dm-verity vouches for. */
#ifndef KINDLING_STORAGE_VERITY_WORDS_H
#define KINDLING_STORAGE_VERITY_WORDS_H

#include "storage/storage.h"

#define VERITY_SPEC_SIZE 1024u

struct verity_words {
    const char *name;                                    /* in /dev/mapper: "root" or "usr" */
    const char *hash;                                    /* hexadecimal */
    char data[VERITY_SPEC_SIZE], tree[VERITY_SPEC_SIZE]; /* the devices, as root= names them */
    uint64_t tree_offset;                                /* bytes */
    const char *options;                                 /* systemd's; "" for none */
    bool is_refused; /* what they say cannot be done; data and tree may be "" then */
};

/* Says so when what they say cannot be done: nothing may be taken for what they were to vouch for, though. Returns how
 * many of them there are, the root's first. */
size_t verity_words_read(const struct cmdline *cmdline, struct verity_words words[2]);

/* The kernel's name of an option, "ignore_corruption"; NULL for another. */
const char *verity_words_option(const char *option, size_t length);

#endif
