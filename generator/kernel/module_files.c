#include "kernel/module_files.h"

#include <errno.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

static bool is_module(const char *name)
{
    static const char *const suffixes[] = {".ko", ".ko.xz", ".ko.zst", ".ko.gz"};
    size_t length = strlen(name);

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
        size_t suffix = strlen(suffixes[i]);

        if (length > suffix && !strcmp(name + length - suffix, suffixes[i]))
            return true;
    }
    return false;
}

static bool is_elsewhere(const FTSENT *entry)
{
    return entry->fts_level > 0 && (!strcmp(entry->fts_name, "build") || !strcmp(entry->fts_name, "source"));
}

static void add(struct module_files *files, const FTSENT *entry, size_t root_length)
{
    files->items = allocate_more(files->items, files->count, sizeof(*files->items));
    files->items[files->count++] =
        (struct module_file){.path = allocate_string(entry->fts_path + root_length + 1), .status = *entry->fts_statp};
}

/* A symlink that leads nowhere is no file; a directory that cannot be read is an error. */
static int look_at(struct module_files *files, FTS *walk, FTSENT *entry, size_t root_length)
{
    switch (entry->fts_info) {
    case FTS_D:
        if (is_elsewhere(entry))
            fts_set(walk, entry, FTS_SKIP);
        return 0;
    case FTS_F:
        if (is_module(entry->fts_name))
            add(files, entry, root_length);
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
        const char *path = files->items[i].path;

        if (!strcmp(path + strlen(path) - strlen(".gz"), ".gz"))
            return true;
    }
    return false;
}

void module_files_sign_status(struct buffer *signature, const char *name, const struct stat *status)
{
    const uint64_t numbers[] = {(uint64_t)status->st_size, (uint64_t)status->st_ino, (uint64_t)status->st_mtim.tv_sec,
        (uint64_t)status->st_mtim.tv_nsec, (uint64_t)status->st_ctim.tv_sec, (uint64_t)status->st_ctim.tv_nsec};

    buffer_append(signature, name, strlen(name) + 1);
    buffer_append(signature, numbers, sizeof(numbers));
}

void module_files_sign(struct buffer *signature, const char *path)
{
    struct stat status = {0};

    stat(path, &status);
    module_files_sign_status(signature, path, &status);
}
