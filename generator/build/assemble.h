/* From a plan to an image: what `kindling build` and `kindling mkinitramfs` have in common. */
#ifndef KINDLING_ASSEMBLE_H
#define KINDLING_ASSEMBLE_H

#include "command/options.h"
#include "feature/wanted.h"

struct plan {
    char *release;
    char *modules_dir;                /* holds release/ */
    struct string_list configuration; /* directories of modprobe's configuration */
    char *sysroot;
    char *template;
    char *init;
    struct wanted wanted;
    struct wanted left_out; /* modules that, if they are not in the image, a failing boot should be able to name */
    char *cmdline;          /* SETTING_CMDLINE */
    char *command;          /* SETTING_BUILD */
    char *output;
    char *depfile; /* NULL: none */
    char *cache;   /* a directory for what is costly to make; NULL: none */
    enum compress_method method;
    int level;
    enum layout layout;
    enum microcode_choice microcode;
    unsigned jobs;
    bool is_dry_run;           /* list the image instead of writing it */
    bool force_compress;       /* by a method that the kernel may not know */
    bool if_changed;           /* leave an output alone that is the same already */
    struct string_list inputs; /* files that made this plan */
};

/* Adds to the plan's inputs. Logs. 0 or -errno. */
int assemble(struct plan *plan);
void plan_free(struct plan *plan);

#endif
