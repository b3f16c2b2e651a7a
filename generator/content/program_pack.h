/* Programs that do not run on their own: into an image with all that they need, each file at its own path. */
#ifndef KINDLING_PROGRAM_PACK_H
#define KINDLING_PROGRAM_PACK_H

#include "archive/image.h"
#include "content/library.h"

struct program_pack {
    struct image *image;
    struct library_places places;
    struct string_list done;    /* paths that were packed */
    struct string_list *inputs; /* files on this host */
};

void program_pack_open(struct program_pack *pack, struct image *image, const char *sysroot, struct string_list *inputs);
void program_pack_close(struct program_pack *pack);

/*
 * Packs the program at an absolute path of the sysroot: its file, the symlinks that lead to it, its interpreter and its
 * shared libraries; of a script the interpreter as a program of its own ("/usr/bin/env NAME": both). The image needs no
 * ld.so.cache: a library that only ld.so.conf leads to gets a symlink in the loader's own directory. Logs. 0 or -errno.
 */
int program_pack_add(struct program_pack *pack, const char *path, const char *origin);

#endif
