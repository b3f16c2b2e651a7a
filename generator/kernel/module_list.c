#include "kernel/module_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

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
    static const char *const suffixes[] = {"", ".xz", ".zst", ".gz"};
    size_t length = strlen(wanted);

    if (length == 0 || strncmp(path, wanted, length) != 0)
        return false;
    if (wanted[length - 1] == '/' || path[length] == '/')
        return true;
    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        if (!strcmp(path + length, suffixes[i]))
            return true;
    }
    return false;
}

bool module_needs(const struct kernel_module *module, const struct kernel_module *other)
{
    const char *path = module->dependencies;

    for (size_t length; *path; path += length) {
        path += strspn(path, " ");
        length = strcspn(path, " ");
        /* depmod(8) of a tree that was indexed elsewhere may have named the file without its .gz. */
        if (length > 0 && !strncmp(other->path, path, length)
            && (other->path[length] == '\0' || !strcmp(other->path + length, ".gz")))
            return true;
    }
    return false;
}

bool module_lies_at(const struct kernel_module *module, const char *path)
{
    size_t length = strlen(KERNEL_DIRECTORY);

    if (is_path_of(module->path, path))
        return true;
    return !strncmp(module->path, KERNEL_DIRECTORY, length) && is_path_of(module->path + length, path);
}
