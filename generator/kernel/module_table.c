#include "kernel/module_table.h"

#include <stdlib.h>
#include <string.h>

#include "archive/module_path.h"
#include "base/allocate.h"
#include "contract/module_name.h"

void module_table_add(struct module_table *table, char *path, const char *dependencies)
{
    table->items = allocate_more(table->items, table->count, sizeof(*table->items));
    table->items[table->count++] = (struct kernel_module){
        .name = module_path_name(path), .path = path, .dependencies = allocate_string(dependencies)};
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct kernel_module *)a)->name, ((const struct kernel_module *)b)->name);
}

void module_table_sort(struct module_table *table)
{
    if (table->count > 0)
        qsort(table->items, table->count, sizeof(*table->items), compare);
    for (size_t i = 0; i < table->count; i++)
        table->items[i].number = i;
}

const struct kernel_module *module_table_find(const struct module_table *table, const char *name)
{
    struct kernel_module key = {.name = allocate_string(name)};
    const struct kernel_module *found;

    module_name_normalise(key.name);
    found = table->count ? bsearch(&key, table->items, table->count, sizeof(key), compare) : NULL;
    free(key.name);
    return found;
}

void module_table_free(struct module_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->items[i].name);
        free(table->items[i].path);
        free(table->items[i].dependencies);
    }
    free(table->items);
    *table = (struct module_table){0};
}
