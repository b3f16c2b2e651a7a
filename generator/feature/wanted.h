/* What an image shall hold, before anybody has looked at a kernel: features and options, flattened in their order. */
#ifndef KINDLING_WANTED_H
#define KINDLING_WANTED_H

#include "feature/catalogue.h"

/* One thing that somebody asked for. */
struct wish {
    char *name;
    char *origin; /* who: "modules.d/virtio:3", "--module", "modules.ramfs:7" */
    bool is_required;
};

struct wish_list {
    struct wish *items;
    size_t count;
};

/* A program wanted at a path in the image; the first candidate that exists is taken. */
struct wanted_program {
    char *destination;
    char *origin;
    struct string_list candidates;
    char *own;                  /* instead of candidates: the name of one of kindling's own, beside /init; or NULL */
    char *package;              /* Debian's package that has it, or NULL */
    bool is_optional;           /* the image does without it */
    struct wish_list libraries; /* that it opens by itself, if it is dynamic: names, or paths, which may be globs */
    struct wish_list data;      /* files that it reads: paths, which may be globs */
};

struct wanted {
    struct wish_list modules;
    struct wish_list autoload; /* these are in modules too */
    struct wish_list late;
    struct wish_list last;
    struct wish_list network; /* drivers for a network alone; these are in modules too */
    struct wish_list files;
    struct wish_list firmware;  /* globs of names, and names that are required */
    struct string_list cmdline; /* words */
    struct wanted_program *programs;
    size_t program_count;
    struct string_list features; /* those added, or being added */
    struct string_list refused;  /* features never to be added */
    bool has_console;            /* the system's keymap and font */
    bool is_for_host;            /* some `host disks` line is among it */
    bool has_microcode;          /* some `host microcode` line is: of use where the kernel is the host's own */
    const char *sysroot;         /* of the machine that `host` lines mean; NULL: "/" */
    struct string_list inputs;   /* files of that machine that had a say */
    struct string_list machines; /* those that the image is for */
    const char *architecture;    /* of the kernel: files for others add nothing; NULL: any */
};

void wanted_add_module(struct wanted *wanted, const char *name, const char *origin, bool is_required);
void wanted_add_autoload(struct wanted *wanted, const char *name, const char *origin, bool is_required);

/* words: the destination, candidates and "package=NAME" as in a feature file. */
void wanted_add_program(struct wanted *wanted, const struct string_list *words, const char *origin, bool is_optional);

/* Adds all that a feature or profile says, once, and what it includes, less the refused. Logs. 0 or -errno. */
int wanted_add_feature(struct wanted *wanted, struct catalogue *catalogue, const char *name);
int wanted_add_profile(struct wanted *wanted, struct catalogue *catalogue, const char *name);

void wanted_free(struct wanted *wanted);

#endif
