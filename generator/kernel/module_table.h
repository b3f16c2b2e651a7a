/* All modules of one kernel. Pure. */
#ifndef KINDLING_MODULE_TABLE_H
#define KINDLING_MODULE_TABLE_H

#include "kernel/module_list.h"

struct module_table {
    struct kernel_module *items; /* sorted by name; module number n is item n */
    size_t count;
};

enum module_found { MODULE_MISSING, MODULE_BUILT_IN, MODULE_FOUND };

/* Takes path. The table is to be sorted before anything is sought in it. */
void module_table_add(struct module_table *table, char *path, const char *dependencies);
void module_table_sort(struct module_table *table);
/* The module of that name, whichever of '-' and '_' it is written with; NULL when there is none. */
const struct kernel_module *module_table_find(const struct module_table *table, const char *name);
void module_table_free(struct module_table *table);

#endif
