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
    for (size_t i = 0; i < names.count && result == 0; i++) {
        struct file_system item = {.name = names.items[i]};

        result = catalogue_read(catalogue, CATALOGUE_FILE_SYSTEM, item.name, &item.description);
        if (result < 0)
            break;
        item.name = allocate_string(item.name);
        file_systems->items = allocate_more(file_systems->items, file_systems->count, sizeof(item));
        file_systems->items[file_systems->count++] = item;
    }
    string_list_free(&names);
    return result;
}

/* The first feature that calls the type a layer. Not found is no error: then it is none. */
static int read_layer(struct file_systems *file_systems, struct catalogue *catalogue,
    const struct string_list *features, const char *type)
{
    for (size_t i = 0; i < features->count; i++) {
        struct file_system item = {0};
        bool is_layer = false;
        int result = catalogue_read(catalogue, CATALOGUE_FEATURE, features->items[i], &item.description);

        if (result < 0)
            return result;
        for (size_t k = 0; k < item.description.line_count && !is_layer; k++) {
            const struct feature_line *line = &item.description.lines[k];

            is_layer = line->keyword == FEATURE_LAYER && string_list_contains(&line->words, type);
        }
        if (is_layer) {
            item.name = allocate_string(type);
            item.feature = allocate_string(features->items[i]);
            file_systems->items = allocate_more(file_systems->items, file_systems->count, sizeof(item));
            file_systems->items[file_systems->count++] = item;
            return 0;
        }
        feature_free(&item.description);
    }
    return 0;
}

int file_systems_read_layers(
    struct file_systems *file_systems, struct catalogue *catalogue, const struct string_list *types)
{
    struct string_list features = {0};
    int result = 0;

    catalogue_names(catalogue, CATALOGUE_FEATURE, &features);
    for (size_t i = 0; i < types->count && result == 0; i++) {
        if (!file_systems_find(file_systems, types->items[i]))
            result = read_layer(file_systems, catalogue, &features, types->items[i]);
    }
    string_list_free(&features);
    return result;
}

int file_systems_read_feature(struct file_systems *file_systems, struct catalogue *catalogue, const char *feature)
{
    struct file_system item = {0};
    int result;

    if (file_systems_find(file_systems, feature))
        return 0;
    result = catalogue_read(catalogue, CATALOGUE_FEATURE, feature, &item.description);
    if (result < 0)
        return result;
    item.name = allocate_string(feature);
    item.feature = allocate_string(feature);
    file_systems->items = allocate_more(file_systems->items, file_systems->count, sizeof(item));
    file_systems->items[file_systems->count++] = item;
    return 0;
}

const struct file_system *file_systems_find(const struct file_systems *file_systems, const char *type)
{
    for (size_t i = 0; i < file_systems->count; i++) {
        if (!strcmp(file_systems->items[i].name, type))
            return &file_systems->items[i];
    }
    return NULL;
}

void file_systems_free(struct file_systems *file_systems)
{
    for (size_t i = 0; i < file_systems->count; i++) {
        free(file_systems->items[i].name);
        free(file_systems->items[i].feature);
        feature_free(&file_systems->items[i].description);
    }
    free(file_systems->items);
    *file_systems = (struct file_systems){0};
}
