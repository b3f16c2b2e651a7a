/*
 * The configuration file: lines "key = value", the keys being long names of `kindling build`'s options; # begins a
 * comment line. Lists add to each other; of single values the last one counts.
 */
#ifndef KINDLING_CONFIG_H
#define KINDLING_CONFIG_H

#include "command/options.h"

struct config_error {
    unsigned line;
    const char *reason;
    const char *key; /* the line's, in the parsed text; NULL when it has none */
};

/* Parses text, cutting it up. Pure: 0, or -EINVAL with *error filled. */
int config_parse(struct options *options, char *text, struct config_error *error);

/* Reads a file. Logs. 0, also when there is none and there need not be, or -errno, never -EINVAL. */
int config_read(struct options *options, const char *path, bool must_exist);

#endif
