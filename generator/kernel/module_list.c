#include "kernel/module_list.h"

#include <stdlib.h>
#include <string.h>

#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/string_list.h"

#define KERNEL_DIRECTORY "kernel/"

void module_list_add(struct module_list *list, const struct kernel_module *module)
{
    if (module_list_contains(list, module))
        return;
    list->items = allocate_more(list->items, list->count, sizeof(void *));
    list->items[list->count++] = module;
}

bool module_list_contains(const struct module_list *list, const struct kernel_module *module)
{
    for (size_t i = 0; i < list->count; i++) {
        if (list->items[i] == module)
            return true;
    }
    return false;
}

void module_list_free(struct module_list *list)
{
    free(list->items);
    *list = (struct module_list){0};
}

static bool is_path_of(const char *path, const char *wanted)
{
    size_t length = strlen(wanted);

    if (length == 0 || strncmp(path, wanted, length) != 0)
        return false;
    if (wanted[length - 1] == '/' || path[length] == '/')
        return true;
    return path[length] == '\0' || length == module_path_plain_length(path);
}

bool module_needs(const struct kernel_module *module, const struct kernel_module *other)
{
    struct string_list paths = {0};
    bool is_needed = false;

    string_list_add_parts(&paths, module->dependencies, " ");
    for (size_t i = 0; i < paths.count && !is_needed; i++)
        is_needed = module_path_is_same(paths.items[i], other->path);
    string_list_free(&paths);
    return is_needed;
}

bool module_lies_at(const struct kernel_module *module, const char *path)
{
    size_t length = strlen(KERNEL_DIRECTORY);

    if (is_path_of(module->path, path))
        return true;
    return !strncmp(module->path, KERNEL_DIRECTORY, length) && is_path_of(module->path + length, path);
}
