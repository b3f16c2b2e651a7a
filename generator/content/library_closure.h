/* The shared libraries of one program, and theirs. */
#ifndef KINDLING_LIBRARY_CLOSURE_H
#define KINDLING_LIBRARY_CLOSURE_H

#include "content/library.h"
#include "content/packed_files.h"
#include "feature/wanted.h"

/* A dynamic program; all borrowed. */
struct dynamic_program {
    const char *path; /* in the sysroot */
    const char *origin;
    const struct wish_list *opened; /* libraries that it opens by itself */
    const struct library_places *places;
    struct packed_files *files;
    struct packed_program *packed;
};

/*
 * Packs what the program is linked with and what it opens; of what a glob takes, that which is no library for it stays
 * away. The image needs no ld.so.cache: a library that only ld.so.conf leads to gets a symlink in the directory of the
 * program's interpreter. Takes what executable holds. Logs. 0 or -errno.
 */
int library_closure_pack(const struct dynamic_program *program, struct executable *executable);

#endif
