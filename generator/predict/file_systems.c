#include "predict/file_systems.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

int file_systems_read(struct file_systems *file_systems, struct catalogue *catalogue)
{
    struct string_list names = {0};
    int result = 0;

    *file_systems = (struct file_systems){0};
    catalogue_names(catalogue, CATALOGUE_FILE_SYSTEM, &names);
    file_systems->items = allocate((names.count + 1) * sizeof(*file_systems->items));
    for (size_t i = 0; i < names.count && result == 0; i++) {
        result = catalogue_read(catalogue, CATALOGUE_FILE_SYSTEM, names.items[i], &file_systems->items[i].description);
        if (result < 0)
            break;
        file_systems->items[file_systems->count++].name = allocate_string(names.items[i]);
    }
    string_list_free(&names);
    return result;
}

const struct feature *file_systems_find(const struct file_systems *file_systems, const char *type)
{
    for (size_t i = 0; i < file_systems->count; i++) {
        if (!strcmp(file_systems->items[i].name, type))
            return &file_systems->items[i].description;
    }
    return NULL;
}

void file_systems_free(struct file_systems *file_systems)
{
    for (size_t i = 0; i < file_systems->count; i++) {
        free(file_systems->items[i].name);
        feature_free(&file_systems->items[i].description);
    }
    free(file_systems->items);
    *file_systems = (struct file_systems){0};
}
