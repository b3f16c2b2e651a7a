/* Shared libraries of the sysroot, found as its own dynamic loader would find them. Nothing of the sysroot runs. */
#ifndef KINDLING_LIBRARY_H
#define KINDLING_LIBRARY_H

#include "content/executable.h"

/* Where libraries of one sysroot are looked for. */
struct library_places {
    const char *sysroot;
    struct string_list configured; /* the directories of /etc/ld.so.conf and what it includes, canonical */
    struct string_list read;       /* the files that said so, on this host */
};

struct library {
    char *path;    /* in the sysroot */
    bool is_usual; /* the loader finds it there by itself: in the loader's own directory, or by an rpath */
    struct executable executable;
};

void library_places_open(struct library_places *places, const char *sysroot);
void library_places_free(struct library_places *places);

/*
 * Finds a library for a program: by a path when its name has a slash, else in the rpath's directories ($ORIGIN is
 * replaced already), those of ld.so.conf, and those that loaders know by themselves: loader_directory is where the
 * program's interpreter really lies. Files for another machine are passed over. Pure: 0 or -ENOENT. library_free
 * after a success.
 */
int library_find(const struct library_places *places, const struct executable *program, const char *loader_directory,
    const struct string_list *rpath, const char *name, struct library *library);
void library_free(struct library *library);

#endif
