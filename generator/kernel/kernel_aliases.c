#include "kernel/kernel_aliases.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "contract/module_name.h"

static void add_alias(struct kernel_aliases *aliases, const char *pattern, const struct kernel_module *module)
{
    char *copy = allocate_string(pattern);

    module_name_normalise(copy);
    aliases->items = allocate_more(aliases->items, aliases->count, sizeof(*aliases->items));
    aliases->items[aliases->count++] = (struct kernel_alias){copy, module};
}

static void add_configured_alias(void *data, const char *pattern, const char *name)
{
    struct kernel_aliases *aliases = data;
    const struct kernel_module *module = module_table_find(aliases->table, name);

    if (module)
        add_alias(aliases, pattern, module);
}

/* Lines "alias PATTERN NAME". */
static void add_aliases(struct kernel_aliases *aliases, FILE *file)
{
    const struct kernel_module *module = NULL; /* most lie behind others of the same module: that saves looking it up */
    char *line = NULL;
    size_t capacity = 0;

    while (getline(&line, &capacity, file) >= 0) {
        char *rest = line;
        const char *keyword = strsep(&rest, " ");
        const char *pattern = strsep(&rest, " ");
        const char *name = strsep(&rest, " \n");

        if (!name || strcmp(keyword, "alias") != 0)
            continue;
        if (!module || strcmp(module->name, name) != 0)
            module = module_table_find(aliases->table, name);
        if (module)
            add_alias(aliases, pattern, module);
    }
    free(line);
}

int kernel_aliases_read(struct kernel_aliases *aliases, const char *indexed, const struct modprobe *modprobe,
    const struct module_table *table)
{
    /* depmod writes them as text too, which is much quicker to read than libkmod's index is to dump. */
    char *path = allocate_format("%s/modules.alias", indexed);
    int fd = file_open(path);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

    free(path);
    *aliases = (struct kernel_aliases){.table = table};
    if (!file)
        file = modprobe_open_aliases(modprobe);
    if (!file)
        return -EINVAL;
    add_aliases(aliases, file);
    fclose(file);
    modprobe_each_alias(modprobe, add_configured_alias, aliases);
    return 0;
}

void kernel_aliases_free(struct kernel_aliases *aliases)
{
    for (size_t i = 0; i < aliases->count; i++)
        free(aliases->items[i].pattern);
    free(aliases->items);
}
