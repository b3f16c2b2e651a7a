/* Writes the index that /init reads (../init/contract/index_format.h). Pure. */
#ifndef KINDLING_INDEX_WRITER_H
#define KINDLING_INDEX_WRITER_H

#include "base/buffer.h"
#include "contract/index_format.h"

/* Strings are borrowed. A module is known by its number in modules. */
struct index_module_record {
    const char *name;
    const char *path;
    const char *options;
    const size_t *steps; /* with INDEX_STEP_NEEDED where it is so */
    size_t step_count;
    uint32_t size;
    enum member_format format;
    uint32_t flags;
};

struct index_alias_record {
    const char *pattern;
    size_t module;
};

struct index_file_record {
    const char *path;
    const char *member;
    uint32_t size;
    enum member_format format;
    uint32_t permissions;
};

struct index_program_record {
    const char *wanted_at;
    const size_t *needs; /* numbers of files */
    size_t need_count;
};

struct index_setting_record {
    const char *key;
    const char *value;
};

struct index_content {
    const struct index_module_record *modules; /* sorted by name */
    size_t module_count;
    struct index_alias_record *aliases; /* these, the programs and the settings are sorted here */
    size_t alias_count;
    const size_t *autoload;
    size_t autoload_count;
    const struct index_file_record *files; /* sorted by path */
    size_t file_count;
    struct index_program_record *programs;
    size_t program_count;
    struct index_setting_record *settings;
    size_t setting_count;
};

/* Appends the index. 0, -EINVAL when modules or files are not sorted or a number is out of range, -EOVERFLOW beyond 4
 * GiB. */
int index_write(struct index_content *content, struct buffer *out);

#endif
