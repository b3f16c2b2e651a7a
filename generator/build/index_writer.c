#include "build/index_writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "contract/bytes.h"
#include "contract/module_name.h"

/* The sections while they are written; STRINGS comes last in the file, so that all integers lie aligned. */
struct sections {
    struct buffer section[INDEX_SECTION_COUNT];
};

static void put(struct buffer *section, size_t value)
{
    uint8_t bytes[4];

    put_le32(bytes, (uint32_t)value);
    buffer_append(section, bytes, sizeof(bytes));
}

static void put_string(struct sections *sections, enum index_section_number number, const char *text)
{
    struct buffer *strings = &sections->section[INDEX_STRINGS];

    put(&sections->section[number], *text ? strings->size : 0);
    if (*text)
        buffer_append(strings, text, strlen(text) + 1);
}

static int put_modules(struct sections *sections, const struct index_content *content)
{
    struct buffer *modules = &sections->section[INDEX_MODULES];
    struct buffer *steps = &sections->section[INDEX_STEPS];

    for (size_t i = 0; i < content->module_count; i++) {
        const struct index_module_record *module = &content->modules[i];

        if (i > 0 && strcmp(content->modules[i - 1].name, module->name) >= 0)
            return -EINVAL;
        put_string(sections, INDEX_MODULES, module->name);
        put_string(sections, INDEX_MODULES, module->path);
        put_string(sections, INDEX_MODULES, module->options);
        put(modules, steps->size / INDEX_STEP_SIZE);
        put(modules, module->step_count);
        put(modules, module->size);
        put(modules, module->format);
        put(modules, module->flags);
        for (size_t k = 0; k < module->step_count; k++) {
            if ((module->steps[k] & ~(size_t)INDEX_STEP_NEEDED) >= content->module_count)
                return -EINVAL;
            put(steps, module->steps[k]);
        }
    }
    return 0;
}

/* By literal prefix, a shorter one before those that it begins; then by the whole pattern, then by module. */
static int compare_aliases(const void *a, const void *b)
{
    const struct index_alias_record *left = a;
    const struct index_alias_record *right = b;
    size_t left_prefix = alias_literal_prefix(left->pattern);
    size_t right_prefix = alias_literal_prefix(right->pattern);
    int order = memcmp(left->pattern, right->pattern, left_prefix < right_prefix ? left_prefix : right_prefix);

    if (order != 0)
        return order;
    if (left_prefix != right_prefix)
        return left_prefix < right_prefix ? -1 : 1;
    order = strcmp(left->pattern, right->pattern);
    if (order != 0)
        return order;
    return left->module < right->module ? -1 : left->module > right->module;
}

static int put_aliases(struct sections *sections, const struct index_content *content)
{
    if (content->alias_count > 0)
        qsort(content->aliases, content->alias_count, sizeof(*content->aliases), compare_aliases);
    for (size_t i = 0; i < content->alias_count; i++) {
        const struct index_alias_record *alias = &content->aliases[i];

        if (alias->module >= content->module_count)
            return -EINVAL;
        put_string(sections, INDEX_ALIASES, alias->pattern);
        put(&sections->section[INDEX_ALIASES], alias_literal_prefix(alias->pattern));
        put(&sections->section[INDEX_ALIASES], alias->module);
    }
    return 0;
}

static int put_files(struct sections *sections, const struct index_content *content)
{
    struct buffer *files = &sections->section[INDEX_FILES];

    for (size_t i = 0; i < content->file_count; i++) {
        const struct index_file_record *file = &content->files[i];

        if (i > 0 && strcmp(content->files[i - 1].path, file->path) >= 0)
            return -EINVAL;
        put_string(sections, INDEX_FILES, file->path);
        put_string(sections, INDEX_FILES, file->member);
        put(files, file->size);
        put(files, file->format);
        put(files, file->permissions);
    }
    return 0;
}

static int compare_programs(const void *a, const void *b)
{
    return strcmp(
        ((const struct index_program_record *)a)->wanted_at, ((const struct index_program_record *)b)->wanted_at);
}

static int put_programs(struct sections *sections, const struct index_content *content)
{
    struct buffer *programs = &sections->section[INDEX_PROGRAMS];
    struct buffer *needs = &sections->section[INDEX_NEEDS];

    if (content->program_count > 0)
        qsort(content->programs, content->program_count, sizeof(*content->programs), compare_programs);
    for (size_t i = 0; i < content->program_count; i++) {
        const struct index_program_record *program = &content->programs[i];

        put_string(sections, INDEX_PROGRAMS, program->wanted_at);
        put(programs, needs->size / INDEX_NEED_SIZE);
        put(programs, program->need_count);
        for (size_t k = 0; k < program->need_count; k++) {
            if (program->needs[k] >= content->file_count)
                return -EINVAL;
            put(needs, program->needs[k]);
        }
    }
    return 0;
}

static int compare_settings(const void *a, const void *b)
{
    return strcmp(((const struct index_setting_record *)a)->key, ((const struct index_setting_record *)b)->key);
}

static int join(const struct sections *sections, struct buffer *out)
{
    size_t offset[INDEX_SECTION_COUNT];
    size_t size = INDEX_HEADER_SIZE;

    for (unsigned i = INDEX_STRINGS + 1; i < INDEX_SECTION_COUNT; i++) {
        offset[i] = size;
        size += sections->section[i].size;
    }
    offset[INDEX_STRINGS] = size;
    size += sections->section[INDEX_STRINGS].size;
    if (size > UINT32_MAX)
        return -EOVERFLOW;
    buffer_append(out, INDEX_MAGIC, INDEX_MAGIC_SIZE);
    put(out, INDEX_VERSION);
    put(out, size);
    for (unsigned i = 0; i < INDEX_SECTION_COUNT; i++) {
        put(out, offset[i]);
        put(out, sections->section[i].size / index_record_size[i]);
    }
    for (unsigned i = INDEX_STRINGS + 1; i < INDEX_SECTION_COUNT; i++)
        buffer_append(out, sections->section[i].data, sections->section[i].size);
    buffer_append(out, sections->section[INDEX_STRINGS].data, sections->section[INDEX_STRINGS].size);
    return 0;
}

int index_write(struct index_content *content, struct buffer *out)
{
    struct sections sections = {0};
    int result;

    buffer_append(&sections.section[INDEX_STRINGS], "", 1);
    result = put_modules(&sections, content);
    if (result == 0)
        result = put_aliases(&sections, content);
    for (size_t i = 0; i < content->autoload_count && result == 0; i++) {
        if (content->autoload[i] >= content->module_count)
            result = -EINVAL;
        put(&sections.section[INDEX_AUTOLOAD], content->autoload[i]);
    }
    if (result == 0)
        result = put_files(&sections, content);
    if (result == 0)
        result = put_programs(&sections, content);
    if (content->setting_count > 0)
        qsort(content->settings, content->setting_count, sizeof(*content->settings), compare_settings);
    for (size_t i = 0; i < content->setting_count; i++) {
        put_string(&sections, INDEX_SETTINGS, content->settings[i].key);
        put_string(&sections, INDEX_SETTINGS, content->settings[i].value);
    }
    if (result == 0)
        result = join(&sections, out);
    for (unsigned i = 0; i < INDEX_SECTION_COUNT; i++)
        buffer_free(&sections.section[i]);
    return result;
}
