/* The module files that lie in a kernel tree, whatever its indexes say. Pure. */
#ifndef KINDLING_MODULE_FILES_H
#define KINDLING_MODULE_FILES_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buffer.h"

struct module_file {
    char *path; /* below the tree */
    struct stat status;
};

struct module_files {
    struct module_file *items; /* by path, bytewise */
    size_t count;
};

/* Finds all files named *.ko, *.ko.xz, *.ko.zst and *.ko.gz, where depmod looks for them: symlinks are followed, and
 * neither "build" nor "source" is a place. 0 or -errno; module_files_free in both cases. */
int module_files_find(struct module_files *files, const char *tree);
void module_files_free(struct module_files *files);

/* True when one of them is a *.ko.gz. */
bool module_files_have_gzip(const struct module_files *files);

#endif
