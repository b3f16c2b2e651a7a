/*
 * What can be said of an image, on the command line of `kindling build` and in the configuration file: one typed table.
 */
#ifndef KINDLING_OPTIONS_H
#define KINDLING_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

#include "base/string_list.h"
#include "build/output_settings.h"

/* What somebody said, and where. */
struct option_value {
    const struct option_row *row;
    char *value;
    char *origin; /* "/etc/kindling.conf:3", "the command line" */
};

struct options {
    struct output_settings settings;
    char *configuration; /* the file that was read, or NULL */
    char *profile;
    struct string_list features; /* "-NAME" takes a feature out */
    struct string_list modules;
    struct string_list autoload;
    struct string_list known_hooks; /* of initramfs-tools, that are known not to run */
    bool is_cache_named;            /* by somebody who would like to know why it cannot be used */
    bool is_for_host;               /* this machine, whatever the profile */
    bool is_forced;                 /* even if this machine's root cannot be opened */
    bool is_microcode_named;
    bool tells_outcome; /* of one image, once it is written; update tells more than that */
    bool is_quiet;
    bool is_verbose;
    struct option_value *named; /* in the order in which they were said */
    size_t named_count;
};

/* The defaults. */
void options_init(struct options *options);
void options_free(struct options *options);

enum option_place { COMMAND_LINE_ONLY, CONFIGURATION_TOO };

enum option_type {
    OPTION_CONFIGURATION, /* is read before all others: nothing is set */
    OPTION_FLAG,
    OPTION_TEXT,
    OPTION_PATH, /* a text that is not empty */
    OPTION_RELEASE,
    OPTION_LIST,
    OPTION_METHOD,
    OPTION_LAYOUT,
    OPTION_MICROCODE,
    OPTION_CACHE,
    OPTION_JOBS
};

struct option_row {
    const char *name;
    char letter; /* 0: none */
    enum option_place place;
    const char *argument; /* NULL: none */
    enum option_type type;
    size_t offset; /* in struct options */
    const char *help;
};

/* All options, in the order of their help. */
const struct option_row *options_rows(size_t *count);
/* Returns NULL, or what is wrong with the value. origin: who says it, for those who ask. */
const char *options_set(struct options *options, const struct option_row *row, const char *value, const char *origin);
/* What an option is now, as it would be written in kindling.conf; a new string. */
char *options_value(const struct options *options, const struct option_row *row);
/* A line for each option. */
void options_print_help(FILE *file);

#endif
