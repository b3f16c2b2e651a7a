/* The programs of an image, and the files that each of them needs, every file once. */
#ifndef KINDLING_PROGRAM_PACK_H
#define KINDLING_PROGRAM_PACK_H

#include "content/library.h"
#include "content/packed_files.h"
#include "content/program.h"

struct program_pack {
    struct library_places places;
    const struct architecture *architecture; /* of the kernel that is to run them */
    struct packed_files files;
    struct packed_program *programs;
    size_t program_count;
    const struct wanted_program *wanted; /* the one that is being packed; borrowed */
    struct string_list visited;          /* by it */
};

/* inputs: the files on this host that say where libraries lie are added. */
void program_pack_open(struct program_pack *pack, struct image *image, const char *sysroot,
    const struct architecture *architecture, struct string_list *inputs);
void program_pack_close(struct program_pack *pack);

/*
 * Finds the wanted programs and packs them. One that is static goes where it is wanted. Any other lies in the image as
 * it does in the sysroot, for $ORIGIN has to mean the same, and where it is wanted is a symlink: its file, its
 * interpreter and its shared libraries, with the symlinks that lead to them; of a script the interpreter as a program
 * of its own ("/usr/bin/env NAME": both); with the libraries that it opens, and its data. The image needs no
 * ld.so.cache: a library that only ld.so.conf leads to gets a symlink in the loader's own directory. Symlinks are added
 * to the image; files are listed, in the order of their names, but for those that the image has already. Optional
 * programs that are not to be found are passed over. Logs. 0 or -errno.
 */
int program_pack_add_all(struct program_pack *pack, const struct wanted_program *wanted, size_t count);

#endif
