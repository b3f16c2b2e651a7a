#include "kernel/kernel_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/cache.h"
#include "archive/compressor.h"
#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "kernel/depmod.h"
#include "kernel/kernel_releases.h"
#include "kernel/modinfo_cache.h"
#include "kernel/modprobe.h"
#include "kernel/modprobe_lines.h"
#include "kernel/module_files.h"
#include "kernel/module_find.h"
#include "kernel/module_indexes.h"

struct kernel_tree {
    char *directory;           /* the modules */
    char *indexed;             /* the same as depmod saw it: directory, or one below scratch */
    struct module_files files; /* that depmod was to index; none when the tree had its own indexes */
    struct scratch scratch;    /* empty when the tree had its own indexes */
    bool is_inflated;          /* the indexes name a module without the .gz that its file has */
    struct string_list configuration;
    struct module_table table;
    struct modprobe modprobe;
    struct kernel_aliases aliases;
    struct cache *information; /* what modules said when they were asked last */
};

static int locate(struct kernel_tree *tree, const char *modules_dir, const char *release, bool has_modules,
    unsigned jobs, const char *cache)
{
    struct stat status;
    int result;

    if (!kernel_releases_is_name(release))
        return kernel_releases_refuse(modules_dir, release);
    tree->directory = allocate_format("%s/%s", modules_dir, release);
    if ((stat(tree->directory, &status) < 0 || !S_ISDIR(status.st_mode)) && has_modules)
        return kernel_releases_refuse(modules_dir, release);
    if (module_indexes_exist(tree->directory)) {
        tree->indexed = allocate_string(tree->directory);
        return 0;
    }
    result = module_files_find(&tree->files, tree->directory);
    if (result == -ENOENT && !has_modules)
        result = 0;
    if (result < 0) {
        log_error("cannot read the modules of %s: %s", tree->directory, strerror(-result));
        return result;
    }
    if (has_modules)
        log_note("%s has no modules.dep: depmod runs into a scratch directory", tree->directory);
    tree->is_inflated = module_files_have_gzip(&tree->files);
    return depmod_index(tree->directory, release, &tree->files, jobs, cache, &tree->scratch, &tree->indexed);
}

/* A path of a tree leads to a module in it. */
static bool is_module_path(const char *path)
{
    if (*path == '/' || !module_path_is(path))
        return false;
    for (; *path; path += strspn(path, "/")) {
        size_t length = strcspn(path, "/");

        if (length == 2 && !strncmp(path, "..", 2))
            return false;
        path += length;
    }
    return true;
}

/* A line is "PATH: DEPENDENCIES". */
static int add_module(struct kernel_tree *tree, const char *release, char *line)
{
    char *end = line + strcspn(line, ":");
    char *file;
    bool is_compressed;

    if (*end == '\0' || (*end++ = '\0', !is_module_path(line))) {
        log_error("cannot trust %s/modules.dep: it names %s, which is no module in it; run depmod %s", tree->directory,
            line, release);
        return -EBADMSG;
    }
    file = allocate_format("%s/%s", tree->directory, line);
    is_compressed = tree->is_inflated && access(file, F_OK) < 0;
    free(file);
    module_table_add(
        &tree->table, allocate_format("%s%s", line, is_compressed ? compressors[COMPRESSOR_GZIP].suffix : ""), end);
    return 0;
}

static int read_modules(struct kernel_tree *tree, const char *release)
{
    struct string_list lines = {0};
    int result = module_indexes_read(tree->indexed, release, &lines);

    for (size_t i = 0; i < lines.count && result == 0; i++)
        result = add_module(tree, release, lines.items[i]);
    module_table_sort(&tree->table);
    string_list_free(&lines);
    /* depmod passes over a file that it cannot read, or not make sense of, and calls that a success. */
    for (size_t i = 0; i < tree->files.count && result == 0; i++) {
        char *name = module_path_name(tree->files.items[i].path);

        if (!module_table_find(&tree->table, name)) {
            log_error("cannot find out what %s/%s needs: depmod makes nothing of it", tree->directory,
                tree->files.items[i].path);
            result = -EBADMSG;
        }
        free(name);
    }
    return result;
}

int kernel_tree_open(struct kernel_tree **tree, const char *modules_dir, const char *release, bool has_modules,
    const struct string_list *configuration, unsigned jobs, const char *cache)
{
    int result;

    *tree = allocate(sizeof(**tree));
    for (size_t i = 0; i < configuration->count; i++)
        string_list_add(&(*tree)->configuration, configuration->items[i]);
    (*tree)->information = allocate(sizeof(struct cache));
    modinfo_cache_open((*tree)->information, cache);
    result = locate(*tree, modules_dir, release, has_modules, jobs, cache);
    if (result == 0)
        result = read_modules(*tree, release);
    if (result == 0)
        result = modprobe_lines_check_files(&(*tree)->configuration);
    if (result == 0) {
        result = modprobe_open(&(*tree)->modprobe, (*tree)->indexed, configuration, &(*tree)->table);
        if (result == 0)
            result = kernel_aliases_read(&(*tree)->aliases, (*tree)->indexed, &(*tree)->modprobe, &(*tree)->table);
        if (result < 0)
            log_error("cannot read the module indexes of %s: %s", (*tree)->directory, strerror(-result));
    }
    if (result < 0)
        kernel_tree_close(*tree);
    return result;
}

void kernel_tree_close(struct kernel_tree *tree)
{
    modprobe_close(&tree->modprobe);
    modinfo_cache_close(tree->information);
    free(tree->information);
    module_table_free(&tree->table);
    kernel_aliases_free(&tree->aliases);
    string_list_free(&tree->configuration);
    module_files_free(&tree->files);
    scratch_remove(&tree->scratch);
    free(tree->indexed);
    free(tree->directory);
    free(tree);
}

const struct kernel_module *kernel_tree_modules(const struct kernel_tree *tree, size_t *count)
{
    *count = tree->table.count;
    return tree->table.items;
}

const char *kernel_tree_directory(const struct kernel_tree *tree)
{
    return tree->directory;
}

void kernel_tree_add_inputs(const struct kernel_tree *tree, struct string_list *inputs)
{
    if (tree->scratch.path)
        depmod_add_inputs(tree->directory, inputs);
    else
        module_indexes_add_inputs(tree->directory, inputs);
    modprobe_lines_add_inputs(&tree->configuration, inputs);
}

enum module_found kernel_tree_find(const struct kernel_tree *tree, const char *name, struct module_list *list)
{
    return module_find(&tree->modprobe, name, list);
}

int kernel_tree_steps(const struct kernel_tree *tree, const struct kernel_module *module, struct module_list *steps)
{
    struct string_list paths = {0};
    int result = modprobe_steps(&tree->modprobe, module, steps);

    if (result < 0) {
        log_error("cannot find out what module %s needs: %s", module->name, strerror(-result));
        return result;
    }
    /* libkmod passes over a dependency whose file is gone; the module could not be loaded without it. */
    string_list_add_parts(&paths, module->dependencies, " ");
    for (size_t i = 0; i < paths.count && result == 0; i++) {
        bool is_step = false;

        for (size_t k = 0; k < steps->count && !is_step; k++)
            is_step = module_path_is_same(steps->items[k]->path, paths.items[i]);
        if (is_step)
            continue;
        log_error(
            "cannot pack module %s: it needs %s, which modules.dep names and nobody has", module->name, paths.items[i]);
        result = -ENOENT;
    }
    string_list_free(&paths);
    return result;
}

static int look_up_information(
    const struct kernel_tree *tree, const struct kernel_module *module, const char *key, struct string_list *values)
{
    char *path = allocate_format("%s/%s", tree->directory, module->path);
    int result = modinfo_cache_values(tree->information, path, key, values);

    free(path);
    return result;
}

/* From the module itself too: a modules.weakdep exists only where a recent depmod wrote it. */
int kernel_tree_weak_dependencies(
    const struct kernel_tree *tree, const struct kernel_module *module, struct module_list *list)
{
    struct string_list values = {0};
    struct string_list names = {0};
    int result = look_up_information(tree, module, "weakdep", &values);

    for (size_t i = 0; i < values.count; i++)
        string_list_add_parts(&names, values.items[i], " \t");
    weak_dependencies_find(&tree->modprobe.weak_dependencies, module->name, &names);
    for (size_t i = 0; i < names.count; i++)
        module_find_named(&tree->modprobe, names.items[i], list);
    string_list_free(&names);
    string_list_free(&values);
    return result;
}

int kernel_tree_firmware(const struct kernel_tree *tree, const struct kernel_module *module, struct string_list *names)
{
    return look_up_information(tree, module, "firmware", names);
}

char *kernel_tree_options(const struct kernel_tree *tree, const struct kernel_module *module)
{
    return modprobe_options(&tree->modprobe, module->name);
}

bool kernel_tree_is_blacklisted(const struct kernel_tree *tree, const struct kernel_module *module)
{
    return modprobe_is_blacklisted(&tree->modprobe, module->name);
}

const struct kernel_alias *kernel_tree_aliases(const struct kernel_tree *tree, size_t *count)
{
    *count = tree->aliases.count;
    return tree->aliases.items;
}
