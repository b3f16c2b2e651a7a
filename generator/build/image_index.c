#include "build/image_index.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

/* Numbers in an index, by number in the kernel's tree. */
#define NO_NUMBER SIZE_MAX

static size_t *number_modules(const struct kernel_tree *tree)
{
    size_t count;
    size_t *numbers;

    kernel_tree_modules(tree, &count);
    numbers = allocate(count * sizeof(*numbers));
    for (size_t i = 0; i < count; i++)
        numbers[i] = NO_NUMBER;
    return numbers;
}

/* Writes content with the aliases of the numbered modules. The patterns stay the tree's. */
static int write_with_aliases(
    struct index_content *content, const struct kernel_tree *tree, const size_t *numbers, struct buffer *out)
{
    size_t count;
    const struct kernel_alias *all = kernel_tree_aliases(tree, &count);
    int result;

    for (size_t i = 0; i < count; i++) {
        size_t number = numbers[all[i].module->number];

        if (number == NO_NUMBER || kernel_tree_is_blacklisted(tree, all[i].module))
            continue;
        content->aliases = allocate_more(content->aliases, content->alias_count, sizeof(*content->aliases));
        content->aliases[content->alias_count++] = (struct index_alias_record){all[i].pattern, number};
    }
    result = index_write(content, out);
    free(content->aliases);
    return result;
}

/* The records of the selected modules, with what they point to. */
struct records {
    struct index_module_record *modules;
    struct string_list options;
    size_t *steps;
};

static void describe_modules(const struct image_index *index, const size_t *numbers, struct records *records)
{
    const struct selection *selection = index->selection;
    size_t step_count = 0;
    size_t *out;

    for (size_t i = 0; i < selection->count; i++)
        step_count += selection->items[i].steps.count;
    *records = (struct records){.modules = allocate(selection->count * sizeof(*records->modules)),
        .steps = allocate(step_count * sizeof(*records->steps))};
    out = records->steps;
    for (size_t i = 0; i < selection->count; i++) {
        const struct selected_module *selected = &selection->items[i];

        string_list_take(&records->options, kernel_tree_options(index->tree, selected->module));
        records->modules[i] = (struct index_module_record){
            .name = selected->module->name,
            .path = index->paths[i],
            .options = records->options.items[i],
            .steps = out,
            .step_count = selected->steps.count,
            .size = index->members[i].inflated_size,
            .format = index->members[i].format,
            .flags = selected->flags,
        };
        for (size_t k = 0; k < selected->steps.count; k++) {
            const struct kernel_module *step = selected->steps.items[k];

            *out++ = numbers[step->number] | (module_needs(selected->module, step) ? INDEX_STEP_NEEDED : 0);
        }
    }
}

/* Where a program's file belongs, with the slash that the pack's names lack. */
static void describe_files(const struct image_index *index, struct index_file_record *files, struct string_list *paths)
{
    for (size_t i = 0; i < index->programs->files.count; i++) {
        const struct packed_file *file = index->programs->files.items[i];
        size_t number = index->selection->count + i;

        string_list_take(paths, allocate_format("/%s", file->name));
        files[i] = (struct index_file_record){
            .path = paths->items[i],
            .member = index->paths[number],
            .size = index->members[number].inflated_size,
            .format = index->members[number].format,
            .permissions = file->permissions,
        };
    }
}

/* Writes content with its aliases, and the programs. */
static int write_with_programs(
    const struct image_index *index, struct index_content *content, const size_t *numbers, struct buffer *out)
{
    const struct program_pack *pack = index->programs;
    struct index_file_record *files = allocate(pack->files.count * sizeof(*files));
    struct index_program_record *programs = allocate(pack->program_count * sizeof(*programs));
    struct string_list paths = {0};
    size_t need_count = 0;
    size_t *needs, *next;
    int result;

    for (size_t i = 0; i < pack->program_count; i++)
        need_count += pack->programs[i].need_count;
    next = needs = allocate(need_count * sizeof(*needs));
    describe_files(index, files, &paths);
    for (size_t i = 0; i < pack->program_count; i++) {
        const struct packed_program *program = &pack->programs[i];

        programs[i] = (struct index_program_record){program->wanted_at, next, program->need_count};
        for (size_t k = 0; k < program->need_count; k++)
            *next++ = program->needs[k]->number;
    }
    content->files = files;
    content->file_count = pack->files.count;
    content->programs = programs;
    content->program_count = pack->program_count;
    result = write_with_aliases(content, index->tree, numbers, out);
    string_list_free(&paths);
    free(needs);
    free(programs);
    free(files);
    return result;
}

int image_index_write(const struct image_index *index, struct buffer *out)
{
    const struct selection *selection = index->selection;
    size_t *numbers = number_modules(index->tree);
    struct index_content content = {.module_count = selection->count,
        .autoload_count = selection->autoload.count,
        .settings = index->settings,
        .setting_count = index->setting_count};
    struct records records;
    size_t *autoload = allocate(selection->autoload.count * sizeof(*autoload));
    int result;

    for (size_t i = 0; i < selection->count; i++)
        numbers[selection->items[i].module->number] = i;
    describe_modules(index, numbers, &records);
    for (size_t i = 0; i < selection->autoload.count; i++)
        autoload[i] = numbers[selection->autoload.items[i]->number];
    content.modules = records.modules;
    content.autoload = autoload;
    result = write_with_programs(index, &content, numbers, out);
    free(autoload);
    free(records.modules);
    string_list_free(&records.options);
    free(records.steps);
    free(numbers);
    return result;
}

static int compare_by_number(const void *a, const void *b)
{
    const struct kernel_module *left = *(const struct kernel_module *const *)a;
    const struct kernel_module *right = *(const struct kernel_module *const *)b;

    return left->number < right->number ? -1 : left->number > right->number;
}

int image_index_write_left_out(const struct kernel_tree *tree, const struct selection *selection,
    const struct module_list *left_out, struct buffer *out)
{
    struct module_list rest = {0};
    size_t *numbers = number_modules(tree);
    struct index_module_record *records;
    struct index_content content = {0};
    int result;

    for (size_t i = 0; i < left_out->count; i++) {
        size_t number;

        if (!selection_find(selection, left_out->items[i], &number))
            module_list_add(&rest, left_out->items[i]);
    }
    if (rest.count > 0)
        qsort(rest.items, rest.count, sizeof(void *), compare_by_number);
    records = allocate(rest.count * sizeof(*records));
    for (size_t i = 0; i < rest.count; i++) {
        numbers[rest.items[i]->number] = i;
        records[i] = (struct index_module_record){
            .name = rest.items[i]->name, .path = rest.items[i]->path, .options = "", .format = MEMBER_LEFT_OUT};
    }
    content.modules = records;
    content.module_count = rest.count;
    result = write_with_aliases(&content, tree, numbers, out);
    free(records);
    free(numbers);
    module_list_free(&rest);
    return result;
}

void image_index_write_reasons(const struct image *image, struct buffer *out)
{
    for (size_t i = 0; i < image->count; i++) {
        const struct image_entry *entry = image->by_name[i];

        if (*entry->origin == '\0')
            continue;
        buffer_append_string(out, entry->name);
        buffer_append_string(out, "\t");
        buffer_append_string(out, entry->origin);
        buffer_append_string(out, "\n");
    }
}
