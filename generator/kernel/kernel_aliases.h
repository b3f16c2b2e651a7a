/* By which names a kernel's devices, file systems and protocols ask for its modules. */
#ifndef KINDLING_KERNEL_ALIASES_H
#define KINDLING_KERNEL_ALIASES_H

#include "kernel/modprobe.h"
#include "kernel/module_table.h"

struct kernel_alias {
    char *pattern; /* normalised */
    const struct kernel_module *module;
};

struct kernel_aliases {
    struct kernel_alias *items;
    size_t count;
    const struct module_table *table; /* borrowed: their modules lie there */
};

/* All aliases: those that depmod found in the modules, and wrote into the directory indexed, and those of modprobe's
 * configuration. Pure. 0 or -errno. */
int kernel_aliases_read(struct kernel_aliases *aliases, const char *indexed, const struct modprobe *modprobe,
    const struct module_table *table);
void kernel_aliases_free(struct kernel_aliases *aliases);

#endif
