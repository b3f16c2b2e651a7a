/* How an image is made and where it goes: what the options say of it, and what its plan has, with the defaults in. */
#ifndef KINDLING_OUTPUT_SETTINGS_H
#define KINDLING_OUTPUT_SETTINGS_H

#include <stdbool.h>

#include "archive/compress.h"
#include "content/microcode.h"

enum layout {
    LAYOUT_BY_CONTENT, /* whichever suits what is in the image */
    LAYOUT_LAZY,       /* members compressed one by one, for /init to inflate */
    LAYOUT_KERNEL,     /* the same, but modules that the kernel can decompress stay as they were packed */
    LAYOUT_CLASSIC     /* plain files in a compressed archive */
};

/* Strings are owned; NULL is what nobody has said. */
struct output_settings {
    char *release; /* of the kernel */
    char *output;
    char *sysroot;
    char *modules_dir; /* holds release/ */
    char *template;
    char *cmdline;    /* SETTING_CMDLINE */
    char *root_image; /* the root itself, IMAGE_ROOT_FILE_PATH: a file, or a directory; NULL: none */
    char *depfile;    /* NULL: none */
    char *cache;      /* a directory for what is costly to make; NULL: none */
    enum compress_method method;
    int level;
    enum layout layout;
    enum microcode_choice microcode;
    unsigned jobs;
    bool is_dry_run;     /* list the image instead of writing it */
    bool if_changed;     /* leave an output alone that is the same already */
    bool force_compress; /* by a method that the kernel may not know */
};

#define OUTPUT_JOBS_MAXIMUM 256

/* gzip, the user's own cache, a thread for each processor; all paths are NULL. */
void output_settings_init(struct output_settings *settings);
void output_settings_copy(struct output_settings *to, const struct output_settings *from);
void output_settings_free(struct output_settings *settings);

/* As people write it; NULL for LAYOUT_BY_CONTENT. */
const char *layout_name(enum layout layout);

#endif
