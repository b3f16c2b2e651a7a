/* Runs depmod(8) for a kernel tree that was only unpacked, without writing into the tree. */
#ifndef KINDLING_DEPMOD_H
#define KINDLING_DEPMOD_H

#include "base/scratch.h"
#include "base/string_list.h"
#include "kernel/module_files.h"

/*
 * Makes a scratch directory that shows the tree's modules by symlinks, or inflated where they are *.ko.gz
 * (then all names in the indexes are without .gz), and holds the indexes that depmod made of them. *directory, a new
 * string, takes the tree's place; scratch is the caller's to remove when it is not used any more. Indexes of the same
 * tree are taken from below cache (NULL: nowhere) and kept there. jobs: threads that inflate modules for it. Logs. 0 or
 * -errno.
 */
int depmod_index(const char *tree, const char *release, const struct module_files *modules, unsigned jobs,
    const char *cache, struct scratch *scratch, char **directory);

/* Adds the files of a tree that depmod reads besides the modules. */
void depmod_add_inputs(const char *tree, struct string_list *inputs);

#endif
