#include "kernel/kernel_tree.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "archive/cache.h"
#include "archive/image_archive.h"
#include "archive/member.h"
#include "base/allocate.h"
#include "base/file.h"
#include "base/log.h"
#include "contract/module_name.h"
#include "kernel/depmod.h"
#include "kernel/depmod_trie.h"
#include "kernel/modprobe_lines.h"
#include "kernel/module_files.h"
#include "kernel/module_info.h"
#include "kernel/weak_dependencies.h"

/* What libkmod reads; its indexes are the binary files, which a depmod writes all together. */
static const char *const index_files[] = {
    "modules.dep.bin", "modules.alias.bin", "modules.builtin.bin", "modules.softdep"};

#define INFORMATION_CACHE_MAXIMUM (1u << 20) /* bytes; most answers are empty */

struct kernel_tree {
    char *directory;           /* the modules */
    char *indexed;             /* the same as depmod saw it: directory, or one below scratch */
    struct module_files files; /* that depmod was to index; none when the tree had its own indexes */
    struct scratch scratch;    /* empty when the tree had its own indexes */
    bool is_inflated;          /* the indexes name a module without the .gz that its file has */
    struct string_list configuration;
    struct kmod_ctx *kmod;
    struct kernel_module *modules;
    size_t count;
    struct kernel_alias *aliases;
    size_t alias_count;
    struct cache *information; /* what modules said when they were asked last */
    struct weak_dependencies weak_dependencies;
    /* libkmod adds the running kernel's command line to every configuration: so many entries at the lists' ends. */
    size_t foreign_options;
    size_t foreign_blacklists;
};

static int no_such_kernel(const char *modules_dir, const char *release)
{
    struct string_list releases = {0};
    DIR *directory = opendir(modules_dir);
    const struct dirent *entry;
    char *known;

    if (!directory) {
        int result = -errno;

        log_error("cannot read kernel trees in %s: %s", modules_dir, strerror(errno));
        return result;
    }
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] != '.')
            string_list_add(&releases, entry->d_name);
    }
    closedir(directory);
    string_list_sort(&releases);
    known = string_list_join(&releases, ", ");
    log_error("no kernel %s in %s (there are: %s)", release, modules_dir, releases.count ? known : "none");
    free(known);
    string_list_free(&releases);
    return -ENOENT;
}

static bool has_indexes(const char *directory)
{
    for (size_t i = 0; i < sizeof(index_files) / sizeof(index_files[0]); i++) {
        char *path = allocate_format("%s/%s", directory, index_files[i]);
        int missing = access(path, R_OK);

        free(path);
        if (missing)
            return false;
    }
    return true;
}

static int make_indexes(struct kernel_tree *tree, const char *release, const char *cache)
{
    int result = module_files_find(&tree->files, tree->directory);

    if (result < 0) {
        log_error("cannot read the modules of %s: %s", tree->directory, strerror(-result));
    } else {
        log_note("%s has no modules.dep: depmod runs into a scratch directory", tree->directory);
        tree->is_inflated = module_files_have_gzip(&tree->files);
        result = depmod_index(tree->directory, release, &tree->files, cache, &tree->scratch, &tree->indexed);
    }
    return result;
}

static int locate(struct kernel_tree *tree, const char *modules_dir, const char *release, const char *cache)
{
    struct stat status;

    /* A release names a directory: anything else would lead out of modules_dir. */
    if (*release == '\0' || *release == '.' || strchr(release, '/'))
        return no_such_kernel(modules_dir, release);
    tree->directory = allocate_format("%s/%s", modules_dir, release);
    if (stat(tree->directory, &status) < 0 || !S_ISDIR(status.st_mode))
        return no_such_kernel(modules_dir, release);
    if (has_indexes(tree->directory)) {
        tree->indexed = allocate_string(tree->directory);
        return 0;
    }
    return make_indexes(tree, release, cache);
}

static void note_from_kmod(
    void *data, int priority, const char *file, int line, const char *function, const char *format, va_list arguments)
{
    char *text;

    (void)data, (void)priority, (void)file, (void)line, (void)function;
    if (vasprintf(&text, format, arguments) < 0)
        return;
    text[strcspn(text, "\n")] = '\0';
    log_note("libkmod: %s", text);
    free(text);
}

static struct kmod_ctx *open_kmod(const struct kernel_tree *tree, const struct string_list *configuration)
{
    const char **paths = allocate((configuration->count + 1) * sizeof(*paths));
    struct kmod_ctx *kmod;

    for (size_t i = 0; i < configuration->count; i++)
        paths[i] = configuration->items[i];
    /* It reads the configuration at once, and before it can be told where to complain: check_configuration did that. */
    setenv("KMOD_LOG", "0", 0);
    kmod = kmod_new(tree->indexed, paths);
    free(paths);
    if (kmod) {
        kmod_set_log_fn(kmod, note_from_kmod, NULL);
        kmod_set_log_priority(kmod, LOG_ERR);
    }
    return kmod;
}

static size_t count_entries(struct kmod_config_iter *iterator)
{
    size_t count = 0;

    while (kmod_config_iter_next(iterator))
        count++;
    kmod_config_iter_free_iter(iterator);
    return count;
}

/* With no directories to read, all options and blacklists that libkmod knows are the running kernel's. */
static int count_foreign_configuration(struct kernel_tree *tree)
{
    struct kmod_ctx *kmod = open_kmod(tree, &(struct string_list){0});

    if (!kmod)
        return -ENOMEM;
    tree->foreign_options = count_entries(kmod_config_get_options(kmod));
    tree->foreign_blacklists = count_entries(kmod_config_get_blacklists(kmod));
    kmod_unref(kmod);
    return 0;
}

static void read_weak_dependencies(struct kernel_tree *tree)
{
    char *path = allocate_format("%s/modules.weakdep", tree->indexed);

    weak_dependencies_read(&tree->weak_dependencies, path);
    weak_dependencies_read_configuration(&tree->weak_dependencies, &tree->configuration);
    free(path);
}

/* Opens what libkmod says of an index for reading: lines of a key and a value. */
static FILE *open_index(const struct kernel_tree *tree, enum kmod_index index)
{
    int fd = memfd_create("index", MFD_CLOEXEC);
    FILE *file;

    if (fd < 0)
        return NULL;
    file = kmod_dump_index(tree->kmod, index, fd) < 0 || lseek(fd, 0, SEEK_SET) < 0 ? NULL : fdopen(fd, "r");
    if (!file)
        close(fd);
    return file;
}

static int compare_modules(const void *a, const void *b)
{
    return strcmp(((const struct kernel_module *)a)->name, ((const struct kernel_module *)b)->name);
}

/* The path of a module's file as a new string; path is what the indexes say. */
static char *path_in_tree(const struct kernel_tree *tree, const char *path)
{
    char *file;
    bool is_compressed;

    if (!tree->is_inflated)
        return allocate_string(path);
    file = allocate_format("%s/%s", tree->directory, path);
    is_compressed = access(file, F_OK) < 0;
    free(file);
    return allocate_format("%s%s", path, is_compressed ? ".gz" : "");
}

static int damaged(const struct kernel_tree *tree, const char *path, const char *why)
{
    log_error("cannot trust %s: %s; run depmod %s", path, why, strrchr(tree->directory, '/') + 1);
    return -EBADMSG;
}

/* Through the index, if there is one, before libkmod sees it, which would crash on a damaged one. */
static int check_index(const struct kernel_tree *tree, const char *name, struct string_list *values)
{
    char *path = allocate_format("%s/%s", tree->indexed, name);
    struct buffer bytes = {0};
    int result = file_read(path, &bytes);

    if (result == 0) {
        if (depmod_trie_read(bytes.data, bytes.size, values) < 0)
            result = damaged(tree, path, "it is damaged");
    } else if (result == -ENOENT) {
        result = 0;
    } else {
        log_error("cannot read %s: %s", path, strerror(-result));
    }
    buffer_free(&bytes);
    free(path);
    return result;
}

/* dependencies: the lines of modules.dep as its index has them. */
static int check_indexes(const struct kernel_tree *tree, struct string_list *dependencies)
{
    static const char *const others[] = {
        "modules.alias.bin", "modules.symbols.bin", "modules.builtin.bin", "modules.builtin.alias.bin"};
    int result = check_index(tree, "modules.dep.bin", dependencies);

    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]) && result == 0; i++)
        result = check_index(tree, others[i], NULL);
    return result;
}

static bool is_same_list(struct string_list *left, struct string_list *right)
{
    string_list_sort(left);
    string_list_sort(right);
    for (size_t i = 0; i < left->count && i < right->count; i++) {
        if (strcmp(left->items[i], right->items[i]) != 0)
            return false;
    }
    return left->count == right->count;
}

/* A truncated index may be sound in itself, and an image without modules would come of it. depmod writes the same as
 * text too. */
static int check_against_text(const struct kernel_tree *tree, struct string_list *dependencies)
{
    char *path = allocate_format("%s/modules.dep", tree->indexed);
    struct string_list lines = {0};
    char *text = NULL;
    int result = 0;

    if (file_read_text(path, &text) == 0) {
        string_list_add_parts(&lines, text, "\n");
        if (!is_same_list(&lines, dependencies))
            result = damaged(tree, path, "modules.dep.bin beside it says something else");
    }
    string_list_free(&lines);
    free(text);
    free(path);
    return result;
}

/* A path of a tree leads to a module in it. */
static bool is_module_path(const char *path)
{
    const char *name = strrchr(path, '/');

    if (*path == '/' || !strstr(name ? name : path, ".ko"))
        return false;
    for (; *path; path += strspn(path, "/")) {
        size_t length = strcspn(path, "/");

        if (length == 2 && !strncmp(path, "..", 2))
            return false;
        path += length;
    }
    return true;
}

/* The name of a module by that of its file, as a new string. */
static char *module_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    char *name = allocate_text(file, (size_t)(strstr(file, ".ko") - file));

    module_name_normalise(name);
    return name;
}

/* A line is "PATH: DEPENDENCIES". */
static int add_module(struct kernel_tree *tree, char *line)
{
    char *end = line + strcspn(line, ":");
    struct kernel_module *module;

    if (*end == '\0' || (*end++ = '\0', !is_module_path(line))) {
        log_error("cannot trust %s/modules.dep: it names %s, which is no module in it; run depmod %s", tree->directory,
            line, strrchr(tree->directory, '/') + 1);
        return -EBADMSG;
    }
    tree->modules = allocate_more(tree->modules, tree->count, sizeof(*tree->modules));
    module = &tree->modules[tree->count++];
    *module = (struct kernel_module){
        .name = module_name(line), .path = path_in_tree(tree, line), .dependencies = allocate_string(end)};
    return 0;
}

static int add_modules(struct kernel_tree *tree, const struct string_list *dependencies)
{
    int result = 0;

    for (size_t i = 0; i < dependencies->count && result == 0; i++)
        result = add_module(tree, dependencies->items[i]);
    if (tree->count > 0)
        qsort(tree->modules, tree->count, sizeof(*tree->modules), compare_modules);
    for (size_t i = 0; i < tree->count; i++)
        tree->modules[i].number = i;
    return result;
}

static int read_modules(struct kernel_tree *tree)
{
    struct string_list dependencies = {0};
    int result = check_indexes(tree, &dependencies);

    if (result == 0)
        result = check_against_text(tree, &dependencies);
    if (result == 0)
        result = add_modules(tree, &dependencies);
    string_list_free(&dependencies);
    return result;
}

static const struct kernel_module *module_named(const struct kernel_tree *tree, const char *name)
{
    struct kernel_module key = {.name = allocate_string(name)};
    const struct kernel_module *found;

    module_name_normalise(key.name);
    found = tree->count ? bsearch(&key, tree->modules, tree->count, sizeof(key), compare_modules) : NULL;
    free(key.name);
    return found;
}

/* pattern becomes the tree's. */
static void add_alias(struct kernel_tree *tree, char *pattern, const struct kernel_module *module)
{
    module_name_normalise(pattern);
    tree->aliases = allocate_more(tree->aliases, tree->alias_count, sizeof(*tree->aliases));
    tree->aliases[tree->alias_count++] = (struct kernel_alias){pattern, module};
}

/* A line is "alias PATTERN NAME". A module's aliases mostly lie behind each other: previous saves looking it up. */
static void add_alias_line(struct kernel_tree *tree, char *line, const struct kernel_module **previous)
{
    const char *keyword = strsep(&line, " ");
    const char *pattern = strsep(&line, " ");
    const char *name = strsep(&line, " \n");

    if (!name || strcmp(keyword, "alias") != 0)
        return;
    if (!*previous || strcmp((*previous)->name, name) != 0)
        *previous = module_named(tree, name);
    if (*previous)
        add_alias(tree, allocate_string(pattern), *previous);
}

/* depmod writes them as text too, which is much quicker to read than libkmod's index is to dump. */
static FILE *open_aliases(const struct kernel_tree *tree)
{
    char *path = allocate_format("%s/modules.alias", tree->indexed);
    FILE *file = fopen(path, "re");

    free(path);
    if (!file)
        file = open_index(tree, KMOD_INDEX_MODULES_ALIAS);
    return file;
}

static int read_aliases(struct kernel_tree *tree)
{
    struct kmod_config_iter *iterator = kmod_config_get_aliases(tree->kmod);
    FILE *file = open_aliases(tree);
    const struct kernel_module *module = NULL;
    char *line = NULL;
    size_t capacity = 0;

    while (file && getline(&line, &capacity, file) >= 0)
        add_alias_line(tree, line, &module);
    free(line);
    if (file)
        fclose(file);
    while (kmod_config_iter_next(iterator)) {
        module = module_named(tree, kmod_config_iter_get_value(iterator));
        if (module)
            add_alias(tree, allocate_string(kmod_config_iter_get_key(iterator)), module);
    }
    kmod_config_iter_free_iter(iterator);
    return file ? 0 : -EINVAL;
}

/* depmod passes over a file that it cannot read, or not make sense of, and calls that a success. */
static int check_completeness(const struct kernel_tree *tree)
{
    for (size_t i = 0; i < tree->files.count; i++) {
        char *name = module_name(tree->files.items[i].path);
        bool is_known = module_named(tree, name) != NULL;

        free(name);
        if (is_known)
            continue;
        log_error(
            "cannot find out what %s/%s needs: depmod makes nothing of it", tree->directory, tree->files.items[i].path);
        return -EBADMSG;
    }
    return 0;
}

static void add_input(struct string_list *inputs, const char *directory, const char *name)
{
    char *path = allocate_format("%s/%s", directory, name);

    if (access(path, F_OK) == 0)
        string_list_take(inputs, path);
    else
        free(path);
}

/* The directory, for files that come or go, and each file that libkmod reads in it. */
static void add_configuration(struct string_list *inputs, const char *path)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;

    if (access(path, F_OK) == 0)
        string_list_add(inputs, path);
    while (directory && (entry = readdir(directory))) {
        size_t length = strlen(entry->d_name);

        if (length > 5 && !strcmp(entry->d_name + length - 5, ".conf"))
            add_input(inputs, path, entry->d_name);
    }
    if (directory)
        closedir(directory);
}

/* The line of a file, if it can be read, that libkmod would pass over; 0: none. With NUL bytes it is no text at all. */
static unsigned bad_line(const char *path)
{
    char *text = NULL;
    int result = file_read_text(path, &text);
    unsigned line = result == 0 ? modprobe_lines_check(text) : result == -EINVAL;

    free(text);
    return line;
}

/* What people wrote is passed over with a warning, as modprobe does. What depmod wrote is damaged then. */
static int check_configuration(const struct kernel_tree *tree)
{
    struct string_list files = {0};
    char *soft = allocate_format("%s/modules.softdep", tree->indexed);
    int result = bad_line(soft) ? damaged(tree, soft, "it is damaged") : 0;

    for (size_t i = 0; i < tree->configuration.count; i++)
        add_configuration(&files, tree->configuration.items[i]);
    for (size_t i = 0; i < files.count; i++) {
        unsigned line = bad_line(files.items[i]);

        if (line)
            log_warning("%s:%u: this line makes no sense to modprobe, it is passed over", files.items[i], line);
    }
    string_list_free(&files);
    free(soft);
    return result;
}

static int open_resources(struct kernel_tree *tree)
{
    int result = count_foreign_configuration(tree);

    if (result < 0)
        return result;
    read_weak_dependencies(tree);
    tree->kmod = open_kmod(tree, &tree->configuration);
    if (!tree->kmod)
        return -ENOMEM;
    result = kmod_load_resources(tree->kmod);
    return result < 0 ? result : read_aliases(tree);
}

static int load(struct kernel_tree *tree)
{
    int result = read_modules(tree);

    if (result == 0)
        result = check_completeness(tree);
    if (result == 0)
        result = check_configuration(tree);
    if (result < 0)
        return result;
    result = open_resources(tree);
    if (result < 0)
        log_error("cannot read the module indexes of %s: %s", tree->directory, strerror(-result));
    return result;
}

int kernel_tree_open(struct kernel_tree **tree, const char *modules_dir, const char *release,
    const struct string_list *configuration, const char *cache)
{
    int result;

    *tree = allocate(sizeof(**tree));
    for (size_t i = 0; i < configuration->count; i++)
        string_list_add(&(*tree)->configuration, configuration->items[i]);
    (*tree)->information = allocate(sizeof(struct cache));
    cache_open((*tree)->information, cache, "module-information");
    result = locate(*tree, modules_dir, release, cache);
    if (result == 0)
        result = load(*tree);
    if (result < 0)
        kernel_tree_close(*tree);
    return result;
}

void kernel_tree_close(struct kernel_tree *tree)
{
    kmod_unref(tree->kmod);
    cache_close(tree->information, INFORMATION_CACHE_MAXIMUM);
    free(tree->information);
    for (size_t i = 0; i < tree->count; i++) {
        free(tree->modules[i].name);
        free(tree->modules[i].path);
        free(tree->modules[i].dependencies);
    }
    free(tree->modules);
    for (size_t i = 0; i < tree->alias_count; i++)
        free(tree->aliases[i].pattern);
    free(tree->aliases);
    weak_dependencies_free(&tree->weak_dependencies);
    string_list_free(&tree->configuration);
    module_files_free(&tree->files);
    scratch_remove(&tree->scratch);
    free(tree->indexed);
    free(tree->directory);
    free(tree);
}

const struct kernel_module *kernel_tree_modules(const struct kernel_tree *tree, size_t *count)
{
    *count = tree->count;
    return tree->modules;
}

const char *kernel_tree_directory(const struct kernel_tree *tree)
{
    return tree->directory;
}

void kernel_tree_add_inputs(const struct kernel_tree *tree, struct string_list *inputs)
{
    static const char *const read_by_depmod[] = {"modules.order", "modules.builtin", "modules.builtin.modinfo"};

    for (size_t i = 0; !tree->scratch.path && i < sizeof(index_files) / sizeof(index_files[0]); i++)
        add_input(inputs, tree->directory, index_files[i]);
    if (!tree->scratch.path)
        add_input(inputs, tree->directory, "modules.weakdep");
    for (size_t i = 0; tree->scratch.path && i < sizeof(read_by_depmod) / sizeof(read_by_depmod[0]); i++)
        add_input(inputs, tree->directory, read_by_depmod[i]);
    for (size_t i = 0; i < tree->configuration.count; i++)
        add_configuration(inputs, tree->configuration.items[i]);
}

/* The index of what is built in is the tree's own; libkmod asks the running kernel only when it is silent. */
static bool is_built_in(struct kmod_module *module)
{
    return !kmod_module_get_path(module) && kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN;
}

static enum kernel_tree_found find_alias(const struct kernel_tree *tree, const char *alias, struct module_list *list)
{
    enum kernel_tree_found found = KERNEL_TREE_MISSING;
    struct kmod_list *modules = NULL;
    struct kmod_list *item;

    if (kmod_module_new_from_lookup(tree->kmod, alias, &modules) < 0)
        return KERNEL_TREE_MISSING;
    kmod_list_foreach(item, modules)
    {
        struct kmod_module *module = kmod_module_get_module(item);
        const struct kernel_module *known = module_named(tree, kmod_module_get_name(module));

        if (known) {
            module_list_add(list, known);
            found = KERNEL_TREE_FOUND;
        }
        if (found == KERNEL_TREE_MISSING && is_built_in(module))
            found = KERNEL_TREE_BUILT_IN;
        kmod_module_unref(module);
    }
    kmod_module_unref_list(modules);
    return found;
}

static enum kernel_tree_found find_name(const struct kernel_tree *tree, const char *name, struct module_list *list)
{
    const struct kernel_module *module = module_named(tree, name);

    if (!module)
        return find_alias(tree, name, list);
    module_list_add(list, module);
    return KERNEL_TREE_FOUND;
}

static enum kernel_tree_found find_glob(const struct kernel_tree *tree, const char *glob, struct module_list *list)
{
    char *pattern = allocate_string(glob);
    size_t before = list->count;

    module_name_normalise(pattern);
    for (size_t i = 0; i < tree->count; i++) {
        if (fnmatch(pattern, tree->modules[i].name, 0) == 0)
            module_list_add(list, &tree->modules[i]);
    }
    free(pattern);
    return list->count > before ? KERNEL_TREE_FOUND : KERNEL_TREE_MISSING;
}

/* The name of the module that would lie in this file, or NULL; to be freed. */
static char *name_of_file(const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    const char *suffix = strstr(name, ".ko");

    return suffix ? allocate_text(name, (size_t)(suffix - name)) : NULL;
}

/* A file that is no module here may be built in: that is known by its name alone. */
static enum kernel_tree_found find_built_in_file(const struct kernel_tree *tree, const char *stem)
{
    struct module_list modules = {0};
    enum kernel_tree_found found = stem ? find_alias(tree, stem, &modules) : KERNEL_TREE_MISSING;

    module_list_free(&modules);
    return found == KERNEL_TREE_BUILT_IN ? found : KERNEL_TREE_MISSING;
}

static enum kernel_tree_found find_lying_at(const struct kernel_tree *tree, const char *path, struct module_list *list)
{
    enum kernel_tree_found found = KERNEL_TREE_MISSING;

    for (size_t i = 0; i < tree->count; i++) {
        if (module_lies_at(&tree->modules[i], path)) {
            module_list_add(list, &tree->modules[i]);
            found = KERNEL_TREE_FOUND;
        }
    }
    return found;
}

/* A file is found by its module's name: thousands may be asked for, in a tree of thousands. Not so a directory. */
static enum kernel_tree_found find_path(const struct kernel_tree *tree, const char *path, struct module_list *list)
{
    char *stem = name_of_file(path);
    const struct kernel_module *module = stem ? module_named(tree, stem) : NULL;
    enum kernel_tree_found found = KERNEL_TREE_FOUND;

    if (module && module_lies_at(module, path))
        module_list_add(list, module);
    else
        found = find_lying_at(tree, path, list);
    if (found == KERNEL_TREE_MISSING)
        found = find_built_in_file(tree, stem);
    free(stem);
    return found;
}

enum kernel_tree_found kernel_tree_find(const struct kernel_tree *tree, const char *name, struct module_list *list)
{
    if (strchr(name, '/'))
        return find_path(tree, name, list);
    /* A colon is in every alias of a device, whose brackets and stars are not a glob of names. */
    if (strpbrk(name, "*?[") && !strchr(name, ':'))
        return find_glob(tree, name, list);
    return find_name(tree, name, list);
}

/* Where note_step puts its modules: libkmod calls it back without any data of ours. */
static struct {
    const struct kernel_tree *tree;
    struct module_list *list;
} steps_under_way;

static void note_step(struct kmod_module *step, bool is_install_command, const char *options)
{
    const struct kernel_module *module = module_named(steps_under_way.tree, kmod_module_get_name(step));

    (void)is_install_command, (void)options;
    /* What is built in is a step of libkmod's too, and no module. */
    if (module)
        module_list_add(steps_under_way.list, module);
}

static bool has_step(const struct module_list *steps, const char *path)
{
    for (size_t i = 0; i < steps->count; i++) {
        const char *step = steps->items[i]->path;
        size_t length = strlen(path);

        if (!strncmp(step, path, length) && (step[length] == '\0' || !strcmp(step + length, ".gz")))
            return true;
    }
    return false;
}

/* libkmod passes over a dependency whose file is gone; the module could not be loaded without it. */
static int check_dependencies(const struct kernel_module *module, const struct module_list *steps)
{
    struct string_list paths = {0};
    int result = 0;

    string_list_add_parts(&paths, module->dependencies, " ");
    for (size_t i = 0; i < paths.count && result == 0; i++) {
        if (has_step(steps, paths.items[i]))
            continue;
        log_error(
            "cannot pack module %s: it needs %s, which modules.dep names and nobody has", module->name, paths.items[i]);
        result = -ENOENT;
    }
    string_list_free(&paths);
    return result;
}

int kernel_tree_steps(const struct kernel_tree *tree, const struct kernel_module *module, struct module_list *steps)
{
    struct kmod_module *root;
    int result = kmod_module_new_from_name(tree->kmod, module->name, &root);

    if (result == 0) {
        steps_under_way.tree = tree;
        steps_under_way.list = steps;
        /* Not KMOD_PROBE_IGNORE_COMMAND: with it, libkmod leaves out the soft dependencies of the module itself. */
        result = kmod_module_probe_insert_module(
            root, KMOD_PROBE_DRY_RUN | KMOD_PROBE_IGNORE_LOADED, NULL, NULL, NULL, note_step);
        kmod_module_unref(root);
    }
    if (result < 0) {
        log_error("cannot find out what module %s needs: %s", module->name, strerror(-result));
        return result;
    }
    return check_dependencies(module, steps);
}

/* Reads a module's file, as it was before the distribution compressed it. Logs. */
static int read_module(const char *path, struct buffer *bytes)
{
    struct buffer file = {0};
    int result = file_read(path, &file);

    if (result < 0)
        log_error("cannot read %s: %s", path, strerror(-result));
    else if (path[member_length_without_compression(path)] != '\0')
        result = image_archive_decompress(file.data, file.size, path, bytes);
    else
        buffer_append(bytes, file.data, file.size);
    buffer_free(&file);
    return result;
}

/* Appends what a module's own .modinfo says of some keys, a line "KEY=VALUE" for each. Logs. */
static int ask_module(const char *path, struct buffer *lines)
{
    static const char *const keys[] = {"weakdep", "firmware"};
    struct buffer bytes = {0};
    struct module_info info = {0};
    int result = read_module(path, &bytes);

    if (result == 0) {
        result = module_info_open(&info, bytes.data, bytes.size);
        if (result == -ENODATA)
            result = 0;
        if (result < 0)
            log_error("cannot pack %s: it is damaged, or no kernel module", path);
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        const char *value;
        size_t position = 0;

        while ((value = module_info_next(&info, keys[i], &position))) {
            char *line = allocate_format("%s=%s\n", keys[i], value);

            buffer_append_string(lines, line);
            free(line);
        }
    }
    buffer_free(&bytes);
    return result;
}

/* To ask a module that is compressed takes long: the answer is kept by the file's name, size and times. */
static int ask_module_once(const struct kernel_tree *tree, const struct kernel_module *module, struct buffer *lines)
{
    struct buffer signature = {0};
    char *path = allocate_format("%s/%s", tree->directory, module->path);
    struct cache_key key;
    int result = 0;

    module_files_sign(&signature, path);
    key = cache_key("module information", signature.data, signature.size);
    if (!cache_get(tree->information, &key, lines)) {
        result = ask_module(path, lines);
        if (result == 0)
            cache_put(tree->information, &key, lines->data, lines->size);
    }
    buffer_free(&signature);
    free(path);
    return result;
}

/* Appends the values of a key. */
static int look_up_information(
    const struct kernel_tree *tree, const struct kernel_module *module, const char *wanted, struct string_list *values)
{
    struct buffer text = {0};
    struct string_list lines = {0};
    size_t length = strlen(wanted);
    int result = ask_module_once(tree, module, &text);

    buffer_append(&text, "", 1);
    string_list_add_parts(&lines, (const char *)text.data, "\n");
    for (size_t i = 0; i < lines.count; i++) {
        if (!strncmp(lines.items[i], wanted, length) && lines.items[i][length] == '=')
            string_list_add(values, lines.items[i] + length + 1);
    }
    string_list_free(&lines);
    buffer_free(&text);
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
    weak_dependencies_find(&tree->weak_dependencies, module->name, &names);
    for (size_t i = 0; i < names.count; i++)
        find_name(tree, names.items[i], list);
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
    size_t left = count_entries(kmod_config_get_options(tree->kmod)) - tree->foreign_options;
    struct kmod_config_iter *iterator = kmod_config_get_options(tree->kmod);
    struct string_list options = {0};
    char *joined;

    while (left-- > 0 && kmod_config_iter_next(iterator)) {
        if (!strcmp(kmod_config_iter_get_key(iterator), module->name))
            string_list_add(&options, kmod_config_iter_get_value(iterator));
    }
    kmod_config_iter_free_iter(iterator);
    joined = string_list_join(&options, " ");
    string_list_free(&options);
    return joined;
}

static bool is_in_blacklist(const struct kernel_tree *tree, const char *name)
{
    size_t left = count_entries(kmod_config_get_blacklists(tree->kmod)) - tree->foreign_blacklists;
    struct kmod_config_iter *iterator = kmod_config_get_blacklists(tree->kmod);
    bool is_found = false;

    while (!is_found && left-- > 0 && kmod_config_iter_next(iterator))
        is_found = !strcmp(kmod_config_iter_get_key(iterator), name);
    kmod_config_iter_free_iter(iterator);
    return is_found;
}

/* "install NAME /bin/true" (or false) is the old way to keep a module from being loaded at all. */
static bool is_installed_by_nothing(const struct kernel_tree *tree, const char *name)
{
    struct kmod_config_iter *iterator = kmod_config_get_install_commands(tree->kmod);
    bool is_found = false;

    while (!is_found && kmod_config_iter_next(iterator)) {
        const char *command = kmod_config_iter_get_value(iterator);

        is_found = !strcmp(kmod_config_iter_get_key(iterator), name)
                   && (!fnmatch("*/true", command, 0) || !fnmatch("*/false", command, 0));
    }
    kmod_config_iter_free_iter(iterator);
    return is_found;
}

bool kernel_tree_is_blacklisted(const struct kernel_tree *tree, const struct kernel_module *module)
{
    return is_in_blacklist(tree, module->name) || is_installed_by_nothing(tree, module->name);
}

const struct kernel_alias *kernel_tree_aliases(const struct kernel_tree *tree, size_t *count)
{
    *count = tree->alias_count;
    return tree->aliases;
}
