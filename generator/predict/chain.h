/*
 * The chain of a boot, link by link: bus, driver, disk, file system, what that asks for, programs, init. Walked
 * against an image before anybody boots it.
 */
#ifndef KINDLING_CHAIN_H
#define KINDLING_CHAIN_H

#include "predict/file_systems.h"
#include "predict/machine.h"
#include "predict/root_spec.h"
#include "predict/simulated_boot.h"

struct chain {
    struct string_list links;    /* what was found, one line each, in order */
    struct string_list warnings; /* sentences: it boots, but */
    char *missing;               /* the sentence that names the missing link; NULL: it boots */
    bool is_beyond_image;        /* what is missing, the kernel itself has not: no image could boot there */
};

/*
 * Walks from the machine's bus to its root. root: its types are what it may be mounted as, one of which is enough;
 * none: any of the file systems. Pure. chain_free after it.
 */
void chain_walk(struct chain *chain, struct simulated_boot *boot, const struct machine *machine,
    const struct root_spec *root, const struct file_systems *file_systems);
void chain_free(struct chain *chain);

#endif
