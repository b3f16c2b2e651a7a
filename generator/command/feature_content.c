#include "command/feature_content.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/terminal.h"

/* What the kernel lacks is told, and is no error here. */
static void look_for_modules(struct feature_content *content, const struct kernel_tree *tree)
{
    for (size_t i = 0; i < content->wanted.modules.count; i++) {
        struct wish *wish = &content->wanted.modules.items[i];
        struct module_list list = {0};
        enum module_found found = kernel_tree_find(tree, wish->name, &list);

        wish->is_required = false;
        if (found == MODULE_BUILT_IN)
            string_list_add(&content->built_in, wish->name);
        else if (found == MODULE_MISSING)
            string_list_add(&content->absent, wish->name);
        module_list_free(&list);
    }
}

static void look_for_programs(struct feature_content *content, const char *sysroot)
{
    for (size_t i = 0; i < content->wanted.program_count; i++) {
        struct wanted_program *wanted = &content->wanted.programs[i];
        struct program program = {0};

        wanted->is_optional = true;
        string_list_add(&content->programs, wanted->destination);
        string_list_add(&content->sources,
            program_find(sysroot, NULL, wanted, &program) == 0 && program.path ? program.candidate : "");
        free(program.path);
    }
}

int feature_content_read(struct feature_content *content, struct catalogue *catalogue, const char *name,
    const struct kernel_tree *tree, const char *sysroot)
{
    int result;

    *content = (struct feature_content){.name = name, .wanted = {.sysroot = sysroot}};
    result = catalogue_read(catalogue, CATALOGUE_FEATURE, name, &content->feature);
    if (result == 0)
        result = wanted_add_feature(&content->wanted, catalogue, name);
    if (result < 0)
        return result;
    look_for_modules(content, tree);
    look_for_programs(content, sysroot);
    return selection_make(&content->selection, tree, &content->wanted);
}

static void print_line(const char *kind, const char *name, const char *more)
{
    printf("  %-9s ", kind);
    terminal_print_name(name);
    if (*more) {
        printf("  ");
        terminal_print_name(more);
    }
    putchar('\n');
}

static void print_list(const char *kind, const struct string_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        print_line(kind, list->items[i], "");
}

static void print_wishes(const char *kind, const struct wish_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        print_line(kind, list->items[i].name, "");
}

void feature_content_print(const struct feature_content *content)
{
    printf("%s%s%s\n", content->name, *content->feature.description ? ": " : "", content->feature.description);
    for (size_t i = 1; i < content->wanted.features.count; i++) /* itself is the first */
        print_line("feature", content->wanted.features.items[i], "");
    for (size_t i = 0; i < content->selection.count; i++)
        print_line("module", content->selection.items[i].module->path, content->selection.items[i].origin);
    print_list("built in", &content->built_in);
    print_list("absent", &content->absent);
    print_wishes("autoload", &content->wanted.autoload);
    for (size_t i = 0; i < content->programs.count; i++)
        print_line("program", content->programs.items[i],
            *content->sources.items[i] ? content->sources.items[i] : "(not on this system)");
    print_wishes("firmware", &content->wanted.firmware);
    print_wishes("file", &content->wanted.files);
    print_list("cmdline", &content->wanted.cmdline);
}

static json_t *wishes_as_json(const struct wish_list *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_text(list->items[i].name));
    return array;
}

static json_t *modules_as_json(const struct selection *selection)
{
    json_t *array = json_array();

    for (size_t i = 0; i < selection->count; i++) {
        json_t *object = json_object();

        json_set_text(object, "name", selection->items[i].module->name);
        json_set_text(object, "path", selection->items[i].module->path);
        json_set_text(object, "reason", selection->items[i].origin);
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *programs_as_json(const struct feature_content *content)
{
    json_t *array = json_array();

    for (size_t i = 0; i < content->programs.count; i++) {
        const char *source = content->sources.items[i];
        json_t *object = json_object();

        json_set_text(object, "path", content->programs.items[i]);
        json_set_text(object, "source", *source ? source : NULL);
        json_array_append_new(array, object);
    }
    return array;
}

json_t *feature_content_as_json(const struct feature_content *content)
{
    json_t *object = json_object();
    json_t *includes = json_texts(&content->wanted.features);

    json_array_remove(includes, 0); /* itself */
    json_set_text(object, "name", content->name);
    json_set_text(object, "description", content->feature.description);
    json_object_set_new(object, "features", includes);
    json_object_set_new(object, "modules", modules_as_json(&content->selection));
    json_object_set_new(object, "built_in", json_texts(&content->built_in));
    json_object_set_new(object, "absent", json_texts(&content->absent));
    json_object_set_new(object, "autoload", wishes_as_json(&content->wanted.autoload));
    json_object_set_new(object, "programs", programs_as_json(content));
    json_object_set_new(object, "firmware", wishes_as_json(&content->wanted.firmware));
    json_object_set_new(object, "files", wishes_as_json(&content->wanted.files));
    json_object_set_new(object, "cmdline", json_texts(&content->wanted.cmdline));
    return object;
}

void feature_content_free(struct feature_content *content)
{
    selection_free(&content->selection);
    wanted_free(&content->wanted);
    feature_free(&content->feature);
    string_list_free(&content->built_in);
    string_list_free(&content->absent);
    string_list_free(&content->programs);
    string_list_free(&content->sources);
}
