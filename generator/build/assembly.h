/* An image under construction: what its parts, each made in a file of its own, have in common. */
#ifndef KINDLING_ASSEMBLY_H
#define KINDLING_ASSEMBLY_H

#include "archive/image.h"
#include "archive/member.h"
#include "build/plan.h"
#include "build/selection.h"
#include "content/program_pack.h"
#include "kernel/kernel_config.h"

#define ASSEMBLY_ORIGIN "every image has it"

struct assembly {
    struct plan *plan;
    struct kernel_tree *tree;
    struct kernel_config config;
    struct selection selection;
    struct member *members; /* the selected modules in their order, then the programs' files in theirs */
    char **paths;           /* of the members, in the image, with a leading slash */
    size_t member_count;
    struct program_pack programs;
    struct image image;
    struct image early; /* microcode, or nothing */
    struct buffer index;
};

/* All of these log, and return 0 or -errno. The parts of an image, in the order in which they are to be added: */

/* What lies plain in every image: the template, directories, /init, files that are wanted. */
int skeleton_add(struct assembly *assembly);
/* Modules, programs, and the firmware of the modules. */
int members_add(struct assembly *assembly);
/* What tells /init, and people, of the others: index, left-out table, what is built in, reasons, and the seal. */
int descriptions_add(struct assembly *assembly);

/* Writes the image to where the plan wants it. */
int image_file_write(const struct assembly *assembly);

/* Logs that the image cannot have an entry. Returns the error. */
int assembly_fail(const char *name, int error);
/* The level of what is gzip's whatever the image's method is. Pure. */
int assembly_gzip_level(const struct plan *plan);
void assembly_free(struct assembly *assembly);

#endif
