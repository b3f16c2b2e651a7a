/* Kernel modules, and lists of them. Pure. */
#ifndef KINDLING_MODULE_LIST_H
#define KINDLING_MODULE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct kernel_module {
    char *name;         /* normalised (module_name.h) */
    char *path;         /* below the kernel's directory: "kernel/fs/ext4/ext4.ko.xz" */
    char *dependencies; /* such paths, with blanks between them: modules that it has symbols of */
    size_t number;      /* among all of its kernel */
};

struct module_list {
    const struct kernel_module **items; /* owned array of borrowed modules */
    size_t count;
};

/* Adds a module that is not in the list yet. */
void module_list_add(struct module_list *list, const struct kernel_module *module);
bool module_list_contains(const struct module_list *list, const struct kernel_module *module);
void module_list_free(struct module_list *list);

/* True when the module has symbols of the other, or of one that has. */
bool module_needs(const struct kernel_module *module, const struct kernel_module *other);

/* True when a path of people's, from the kernel's directory or from kernel/ below it, means this module: its
 * directory, or its file with or without .xz, .zst or .gz. */
bool module_lies_at(const struct kernel_module *module, const char *path);

#endif
