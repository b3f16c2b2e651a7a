/* crypttab(5), read line by line, and what its options mean to /init and to cryptsetup(8). Pure. */
#ifndef KINDLING_CRYPTTAB_H
#define KINDLING_CRYPTTAB_H

#include <stdbool.h>
#include <stddef.h>

/* The strings point into the text that was read. */
struct crypttab_entry {
    const char *name;
    const char *device;
    const char *key;     /* "" when there is none: "none" and "-" are read so */
    const char *options; /* "" when there are none */
};

/* Reads the next entry of what is left of a text, which it cuts up; comments and lines of fewer than two fields are
 * passed over. False at the end. */
bool crypttab_next(char **text, struct crypttab_entry *entry);

enum crypttab_meaning {
    CRYPTTAB_UNKNOWN,
    CRYPTTAB_REFUSED, /* it is not honoured, and a volume could not be opened as it was meant without it */
    CRYPTTAB_MOOT,    /* it has nothing to say here */
    CRYPTTAB_OURS,    /* /init heeds it itself */
    CRYPTTAB_FLAG,    /* cryptsetup has an option for it */
    CRYPTTAB_VALUE,   /* the same, with the option's value behind "=" */
    CRYPTTAB_PLAIN    /* the same, of a plain volume only: a header tells what else there is */
};

/* What an option of that many bytes means ("keyfile-size=512"); *argument is cryptsetup's for the last three. */
enum crypttab_meaning crypttab_option(const char *option, size_t length, const char **argument);

#endif
