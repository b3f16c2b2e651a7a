/*
 * alias_differential INDEX MODULE-DIRECTORY < NAMES: for each modalias or alias on standard input, the modules that the
 * index gives against those that libkmod gives for the same kernel. Prints each difference; exit status 1 if any.
 */
#include <errno.h>
#include <libkmod.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contract/index.h"
#include "contract/module_name.h"
#include "system/file.h"

#define MOST 256

struct names {
    char *name[MOST];
    size_t count;
};

static void add(struct names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++) {
        if (!strcmp(names->name[i], name))
            return;
    }
    if (names->count < MOST)
        names->name[names->count++] = strdup(name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct names *names)
{
    qsort(names->name, names->count, sizeof(names->name[0]), by_name);
}

static void clear(struct names *names)
{
    while (names->count > 0)
        free(names->name[--names->count]);
}

/* As modprobe looks a name up: a module of that name, or else all that have it as an alias. Built-ins need no file. */
static void ask_index(const struct index *index, const char *alias, struct names *names)
{
    char name[4096];
    struct index_match match;
    struct index_module module;
    uint32_t number;

    snprintf(name, sizeof(name), "%s", alias);
    module_name_normalise(name);
    if (index_find_module(index, name, &number) == 0 && index_module(index, number, &module) == 0) {
        add(names, module.name);
        return;
    }
    index_match_begin(&match, index, name);
    while (index_match_next(&match, &number)) {
        if (index_module(index, number, &module) == 0)
            add(names, module.name);
    }
}

static void ask_kmod(struct kmod_ctx *kmod, const char *alias, struct names *names)
{
    struct kmod_list *list = NULL, *item;

    if (kmod_module_new_from_lookup(kmod, alias, &list) < 0)
        return;
    kmod_list_foreach(item, list)
    {
        struct kmod_module *module = kmod_module_get_module(item);

        if (kmod_module_get_path(module))
            add(names, kmod_module_get_name(module));
        kmod_module_unref(module);
    }
    kmod_module_unref_list(list);
}

static void print(const char *who, const struct names *names)
{
    printf("  %s:", who);
    for (size_t i = 0; i < names->count; i++)
        printf(" %s", names->name[i]);
    putchar('\n');
}

static int differ(const struct names *a, const struct names *b)
{
    if (a->count != b->count)
        return 1;
    for (size_t i = 0; i < a->count; i++) {
        if (strcmp(a->name[i], b->name[i]) != 0)
            return 1;
    }
    return 0;
}

static int compare(const struct index *index, struct kmod_ctx *kmod, const char *alias, size_t *found)
{
    struct names ours = {.count = 0}, theirs = {.count = 0};
    int different;

    ask_index(index, alias, &ours);
    ask_kmod(kmod, alias, &theirs);
    sort(&ours);
    sort(&theirs);
    different = differ(&ours, &theirs);
    *found += theirs.count;
    if (different) {
        printf("%s\n", alias);
        print("index", &ours);
        print("libkmod", &theirs);
    }
    clear(&ours);
    clear(&theirs);
    return different;
}

int main(int argc, char **argv)
{
    static const char *const no_configuration[] = {NULL};
    size_t names = 0, differences = 0, found = 0;
    struct kmod_ctx *kmod;
    struct index index;
    char line[4096];
    void *bytes;
    size_t size;

    if (argc != 3 || file_map(argv[1], &bytes, &size) < 0 || index_attach(&index, bytes, size) < 0)
        return 2;
    kmod = kmod_new(argv[2], no_configuration);
    if (!kmod || kmod_load_resources(kmod) < 0)
        return 2;
    for (; fgets(line, sizeof(line), stdin); names++) {
        line[strcspn(line, "\n")] = '\0';
        differences += (size_t)compare(&index, kmod, line, &found);
    }
    kmod_unref(kmod);
    printf("%zu names, %zu modules found, %zu differences\n", names, found, differences);
    return differences != 0 || found == 0;
}
