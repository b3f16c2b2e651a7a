/* The files that an image's programs need, every file once, and which of them each program needs. */
#ifndef KINDLING_PACKED_FILES_H
#define KINDLING_PACKED_FILES_H

#include <stdbool.h>

#include "archive/image.h"
#include "content/sysroot_walk.h"

/* A file that goes into the image as a member. */
struct packed_file {
    char *name;   /* in the image once it is inflated, as image_resolve has it */
    char *source; /* on this host */
    mode_t permissions;
    char *origin;
    size_t number; /* among all of them */
};

struct packed_program {
    const char *wanted_at;      /* the wanted program's */
    struct packed_file **needs; /* the array is owned */
    size_t need_count;
};

struct packed_files {
    struct image *image;        /* borrowed, as is sysroot */
    const char *sysroot;        /* where they come from */
    struct packed_file **items; /* owned */
    size_t count;
};

/* NULL: there is none. name: as image_resolve has it. */
const struct packed_file *packed_files_find(const struct packed_files *files, const char *name);
/* Whether a path leads to something in the image as it will be. */
bool packed_files_has(const struct packed_files *files, const char *path);
/* The program needs the file at a place, which becomes ours. What the image has there already stays, and is there for
 * all. */
void packed_files_need_place(
    struct packed_files *files, struct packed_program *program, struct sysroot_place *place, const char *origin);
/* The program needs the file at a path of the sysroot, and the symlinks on the way to it. Logs. 0 or -errno. */
int packed_files_need(struct packed_files *files, struct packed_program *program, const char *path, const char *origin);
/* Brings them into the order of their names, and numbers them. */
void packed_files_sort(struct packed_files *files);
void packed_files_free(struct packed_files *files);

#endif
