#include "content/packed_files.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/log.h"

static struct packed_file *find(const struct packed_files *files, const char *name)
{
    for (size_t i = 0; i < files->count; i++) {
        if (!strcmp(files->items[i]->name, name))
            return files->items[i];
    }
    return NULL;
}

const struct packed_file *packed_files_find(const struct packed_files *files, const char *name)
{
    return find(files, name);
}

bool packed_files_has(const struct packed_files *files, const char *path)
{
    char *name = image_resolve(files->image, path);
    bool is_there = image_find(files->image, name) || find(files, name);

    free(name);
    return is_there;
}

void packed_files_need_place(
    struct packed_files *files, struct packed_program *program, struct sysroot_place *place, const char *origin)
{
    struct packed_file *file = find(files, place->name);

    if (file || image_find(files->image, place->name)) {
        sysroot_place_free(place);
    } else {
        file = allocate(sizeof(*file));
        *file = (struct packed_file){.name = place->name,
            .source = place->source,
            .permissions = place->permissions,
            .origin = allocate_string(origin)};
        files->items = allocate_more(files->items, files->count, sizeof(void *));
        files->items[files->count++] = file;
    }
    for (size_t i = 0; i < program->need_count; i++) {
        if (program->needs[i] == file)
            return;
    }
    if (file) {
        program->needs = allocate_more(program->needs, program->need_count, sizeof(void *));
        program->needs[program->need_count++] = file;
    }
}

int packed_files_need(struct packed_files *files, struct packed_program *program, const char *path, const char *origin)
{
    struct sysroot_place place;
    int result = sysroot_walk(files->image, files->sysroot, path, origin, &place);

    if (result < 0)
        log_error("cannot pack %s (%s): %s", path, origin, strerror(-result));
    else
        packed_files_need_place(files, program, &place, origin);
    return result;
}

static int compare_by_name(const void *a, const void *b)
{
    return strcmp((*(struct packed_file *const *)a)->name, (*(struct packed_file *const *)b)->name);
}

void packed_files_sort(struct packed_files *files)
{
    if (files->count > 0)
        qsort(files->items, files->count, sizeof(void *), compare_by_name);
    for (size_t i = 0; i < files->count; i++)
        files->items[i]->number = i;
}

void packed_files_free(struct packed_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->items[i]->name);
        free(files->items[i]->source);
        free(files->items[i]->origin);
        free(files->items[i]);
    }
    free(files->items);
}
