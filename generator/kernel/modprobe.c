#include "kernel/modprobe.h"

#include <errno.h>
#include <fnmatch.h>
#include <libkmod.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/log.h"

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

static struct kmod_ctx *open_kmod(const char *indexed, const struct string_list *configuration)
{
    const char **paths = allocate((configuration->count + 1) * sizeof(*paths));
    struct kmod_ctx *kmod;

    for (size_t i = 0; i < configuration->count; i++)
        paths[i] = configuration->items[i];
    /* It reads the configuration at once, and before it can be told where to complain: modprobe_lines_check_files did
     * that. */
    setenv("KMOD_LOG", "0", 0);
    kmod = kmod_new(indexed, paths);
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

int modprobe_open(struct modprobe *modprobe, const char *indexed, const struct string_list *configuration,
    const struct module_table *table)
{
    /* With no directories to read, all options and blacklists that libkmod knows are the running kernel's. */
    struct kmod_ctx *bare = open_kmod(indexed, &(struct string_list){0});
    char *weak = allocate_format("%s/modules.weakdep", indexed);
    int result;

    *modprobe = (struct modprobe){.table = table};
    weak_dependencies_read(&modprobe->weak_dependencies, weak);
    weak_dependencies_read_configuration(&modprobe->weak_dependencies, configuration);
    free(weak);
    if (bare) {
        modprobe->foreign_options = count_entries(kmod_config_get_options(bare));
        modprobe->foreign_blacklists = count_entries(kmod_config_get_blacklists(bare));
        kmod_unref(bare);
        modprobe->kmod = open_kmod(indexed, configuration);
    }
    if (!modprobe->kmod)
        return -ENOMEM;
    result = kmod_load_resources(modprobe->kmod);
    return result < 0 ? result : 0;
}

void modprobe_close(struct modprobe *modprobe)
{
    kmod_unref(modprobe->kmod);
    weak_dependencies_free(&modprobe->weak_dependencies);
}

enum module_found modprobe_find(const struct modprobe *modprobe, const char *alias, struct module_list *list)
{
    enum module_found found = MODULE_MISSING;
    struct kmod_list *modules = NULL;
    struct kmod_list *item;

    if (kmod_module_new_from_lookup(modprobe->kmod, alias, &modules) < 0)
        return MODULE_MISSING;
    kmod_list_foreach(item, modules)
    {
        struct kmod_module *module = kmod_module_get_module(item);
        const struct kernel_module *known = module_table_find(modprobe->table, kmod_module_get_name(module));

        if (known) {
            module_list_add(list, known);
            found = MODULE_FOUND;
        }
        /* The index of what is built in is the tree's own; libkmod asks the running kernel only when it is silent. */
        if (found == MODULE_MISSING && !kmod_module_get_path(module)
            && kmod_module_get_initstate(module) == KMOD_MODULE_BUILTIN)
            found = MODULE_BUILT_IN;
        kmod_module_unref(module);
    }
    kmod_module_unref_list(modules);
    return found;
}

/* Where note_step puts its modules: libkmod calls it back without any data of ours. */
static struct {
    const struct module_table *table;
    struct module_list *list;
} steps_under_way;

static void note_step(struct kmod_module *step, bool is_install_command, const char *options)
{
    const struct kernel_module *module = module_table_find(steps_under_way.table, kmod_module_get_name(step));

    (void)is_install_command, (void)options;
    /* What is built in is a step of libkmod's too, and no module. */
    if (module)
        module_list_add(steps_under_way.list, module);
}

int modprobe_steps(const struct modprobe *modprobe, const struct kernel_module *module, struct module_list *steps)
{
    struct kmod_module *root;
    int result = kmod_module_new_from_name(modprobe->kmod, module->name, &root);

    if (result < 0)
        return result;
    steps_under_way.table = modprobe->table;
    steps_under_way.list = steps;
    /* Not KMOD_PROBE_IGNORE_COMMAND: with it, libkmod leaves out the soft dependencies of the module itself. */
    result = kmod_module_probe_insert_module(
        root, KMOD_PROBE_DRY_RUN | KMOD_PROBE_IGNORE_LOADED, NULL, NULL, NULL, note_step);
    kmod_module_unref(root);
    return result < 0 ? result : 0;
}

FILE *modprobe_open_aliases(const struct modprobe *modprobe)
{
    int fd = memfd_create("index", MFD_CLOEXEC);
    FILE *file;

    if (fd < 0)
        return NULL;
    file = kmod_dump_index(modprobe->kmod, KMOD_INDEX_MODULES_ALIAS, fd) < 0 || lseek(fd, 0, SEEK_SET) < 0
               ? NULL
               : fdopen(fd, "r");
    if (!file)
        close(fd);
    return file;
}

void modprobe_each_alias(
    const struct modprobe *modprobe, void (*add)(void *data, const char *pattern, const char *name), void *data)
{
    struct kmod_config_iter *iterator = kmod_config_get_aliases(modprobe->kmod);

    while (kmod_config_iter_next(iterator))
        add(data, kmod_config_iter_get_key(iterator), kmod_config_iter_get_value(iterator));
    kmod_config_iter_free_iter(iterator);
}

char *modprobe_options(const struct modprobe *modprobe, const char *name)
{
    size_t left = count_entries(kmod_config_get_options(modprobe->kmod)) - modprobe->foreign_options;
    struct kmod_config_iter *iterator = kmod_config_get_options(modprobe->kmod);
    struct string_list options = {0};
    char *joined;

    while (left-- > 0 && kmod_config_iter_next(iterator)) {
        if (!strcmp(kmod_config_iter_get_key(iterator), name))
            string_list_add(&options, kmod_config_iter_get_value(iterator));
    }
    kmod_config_iter_free_iter(iterator);
    joined = string_list_join(&options, " ");
    string_list_free(&options);
    return joined;
}

bool modprobe_is_blacklisted(const struct modprobe *modprobe, const char *name)
{
    size_t left = count_entries(kmod_config_get_blacklists(modprobe->kmod)) - modprobe->foreign_blacklists;
    struct kmod_config_iter *iterator = kmod_config_get_blacklists(modprobe->kmod);
    bool is_found = false;

    while (!is_found && left-- > 0 && kmod_config_iter_next(iterator))
        is_found = !strcmp(kmod_config_iter_get_key(iterator), name);
    kmod_config_iter_free_iter(iterator);
    /* "install NAME /bin/true" (or false) is the old way to keep a module from being loaded at all. */
    iterator = kmod_config_get_install_commands(modprobe->kmod);
    while (!is_found && kmod_config_iter_next(iterator)) {
        const char *command = kmod_config_iter_get_value(iterator);

        is_found = !strcmp(kmod_config_iter_get_key(iterator), name)
                   && (!fnmatch("*/true", command, 0) || !fnmatch("*/false", command, 0));
    }
    kmod_config_iter_free_iter(iterator);
    return is_found;
}
