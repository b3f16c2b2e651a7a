#include "kernel/module_find.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "archive/module_path.h"
#include "base/allocate.h"
#include "contract/module_name.h"

enum module_found module_find_named(const struct modprobe *modprobe, const char *name, struct module_list *list)
{
    const struct kernel_module *module = module_table_find(modprobe->table, name);

    if (!module)
        return modprobe_find(modprobe, name, list);
    module_list_add(list, module);
    return MODULE_FOUND;
}

/* A file is found by its module's name: thousands may be asked for, in a tree of thousands. Not so a directory. */
static enum module_found find_path(const struct modprobe *modprobe, const char *path, struct module_list *list)
{
    char *stem = module_path_is(path) ? module_path_name(path) : NULL;
    const struct kernel_module *module = stem ? module_table_find(modprobe->table, stem) : NULL;
    size_t before = list->count;
    enum module_found found;

    if (module && module_lies_at(module, path)) {
        module_list_add(list, module);
    } else {
        for (size_t i = 0; i < modprobe->table->count; i++) {
            if (module_lies_at(&modprobe->table->items[i], path))
                module_list_add(list, &modprobe->table->items[i]);
        }
    }
    found = list->count > before ? MODULE_FOUND : MODULE_MISSING;
    if (found == MODULE_MISSING && stem) {
        struct module_list others = {0};

        /* A file that is no module here may be built in: that is known by its name alone. */
        if (modprobe_find(modprobe, stem, &others) == MODULE_BUILT_IN)
            found = MODULE_BUILT_IN;
        module_list_free(&others);
    }
    free(stem);
    return found;
}

enum module_found module_find(const struct modprobe *modprobe, const char *name, struct module_list *list)
{
    size_t before = list->count;
    char *pattern;

    if (strchr(name, '/'))
        return find_path(modprobe, name, list);
    /* A colon is in every alias of a device, whose brackets and stars are not a glob of names. */
    if (!strpbrk(name, "*?[") || strchr(name, ':'))
        return module_find_named(modprobe, name, list);
    pattern = allocate_string(name);
    module_name_normalise(pattern);
    for (size_t i = 0; i < modprobe->table->count; i++) {
        if (fnmatch(pattern, modprobe->table->items[i].name, 0) == 0)
            module_list_add(list, &modprobe->table->items[i]);
    }
    free(pattern);
    return list->count > before ? MODULE_FOUND : MODULE_MISSING;
}
