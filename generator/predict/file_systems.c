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

static bool calls_layer(const struct feature *feature, const char *type)
{
    for (size_t i = 0; i < feature->line_count; i++) {
        if (feature->lines[i].keyword == FEATURE_LAYER && string_list_contains(&feature->lines[i].words, type))
            return true;
    }
    return false;
}

static void add_layer(
    struct file_systems *file_systems, const char *type, const char *name, const struct feature *feature)
{
    struct file_system *item;

    file_systems->items = allocate_more(file_systems->items, file_systems->count, sizeof(*item));
    item = &file_systems->items[file_systems->count++];
    *item = (struct file_system){allocate_string(type), allocate_string(name), *feature};
}

/* Not found is no error: then it is no layer. */
static int read_layer(struct file_systems *file_systems, struct catalogue *catalogue,
    const struct string_list *features, const char *type)
{
    for (size_t i = 0; i < features->count; i++) {
        struct feature feature;
        int result = catalogue_read(catalogue, CATALOGUE_FEATURE, features->items[i], &feature);

        if (result == 0 && calls_layer(&feature, type)) {
            add_layer(file_systems, type, features->items[i], &feature);
            return 0;
        }
        feature_free(&feature);
        if (result < 0)
            return result;
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
