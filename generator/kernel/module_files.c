#include "kernel/module_files.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "archive/compressor.h"
#include "archive/module_path.h"
#include "base/allocate.h"

/* A symlink that leads nowhere is no file; a directory that cannot be read is an error. */
static int look_at(struct module_files *files, FTS *walk, FTSENT *entry, size_t root_length)
{
    switch (entry->fts_info) {
    case FTS_D:
        if (entry->fts_level > 0 && (!strcmp(entry->fts_name, "build") || !strcmp(entry->fts_name, "source")))
            fts_set(walk, entry, FTS_SKIP);
        return 0;
    case FTS_F:
        if (!module_path_is(entry->fts_name))
            return 0;
        files->items = allocate_more(files->items, files->count, sizeof(*files->items));
        files->items[files->count++] =
            (struct module_file){allocate_string(entry->fts_path + root_length + 1), *entry->fts_statp};
        return 0;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
        return -entry->fts_errno;
    default:
        return 0;
    }
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const struct module_file *)a)->path, ((const struct module_file *)b)->path);
}

int module_files_find(struct module_files *files, const char *tree)
{
    char *root = allocate_string(tree);
    FTS *walk = fts_open((char *[]){root, NULL}, FTS_LOGICAL | FTS_NOCHDIR, NULL);
    FTSENT *entry;
    int result = walk ? 0 : -errno;

    *files = (struct module_files){0};
    while (result == 0 && (errno = 0, entry = fts_read(walk)))
        result = look_at(files, walk, entry, strlen(root));
    if (result == 0)
        result = -errno;
    if (walk)
        fts_close(walk);
    free(root);
    if (files->count > 0)
        qsort(files->items, files->count, sizeof(*files->items), compare);
    return result;
}

void module_files_free(struct module_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].path);
    free(files->items);
    *files = (struct module_files){0};
}

bool module_files_have_gzip(const struct module_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        if (compressor_of_file(files->items[i].path) == &compressors[COMPRESSOR_GZIP])
            return true;
    }
    return false;
}
