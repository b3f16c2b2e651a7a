/* What the user asked `kindling build` for, on the command line and in the configuration file. */
#ifndef KINDLING_OPTIONS_H
#define KINDLING_OPTIONS_H

#include <stdio.h>

#include "archive/compress.h"
#include "base/string_list.h"
#include "content/microcode.h"

enum layout {
    LAYOUT_BY_CONTENT, /* whichever suits what is in the image */
    LAYOUT_LAZY,       /* members compressed one by one, for /init to inflate */
    LAYOUT_KERNEL,     /* the same, but modules that the kernel can decompress stay as they were packed */
    LAYOUT_CLASSIC     /* plain files in a compressed archive */
};

struct options {
    char *configuration; /* the file that was read, or NULL */
    char *release;       /* NULL: the running kernel's */
    char *output;        /* NULL: ./initramfs-RELEASE.img */
    char *profile;
    struct string_list features; /* "-NAME" takes a feature out */
    struct string_list modules;
    struct string_list autoload;
    char *sysroot;     /* NULL: "/" */
    char *modules_dir; /* NULL: the sysroot's */
    char *template;    /* NULL: our own */
    char *cmdline;
    char *depfile;       /* NULL: none */
    char *cache;         /* NULL: none */
    bool is_cache_named; /* by somebody who would like to know why it cannot be used */
    enum compress_method method;
    int level;
    enum layout layout;
    enum microcode_choice microcode;
    unsigned jobs;
    bool is_verbose;
    bool is_dry_run;
    bool if_changed;
    bool force_compress; /* by a method that the kernel may not know */
};

/*
 * Reads the command line, and the configuration file before it: one named by it, which must exist, or
 * /etc/kindling.conf. What is wrong is logged. Returns 0, -EINVAL for wrong usage of the command line (exit status
 * 2), or another -errno. options_free in every case.
 */
int options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

/* A line for each option. */
void options_print_help(FILE *file);

/* Sets one option by its long name, as a configuration file does. Pure: NULL, or what is wrong. */
const char *options_set(struct options *options, const char *name, const char *value);
/* The values of an options structure that nobody has touched. */
void options_init(struct options *options);

#endif
