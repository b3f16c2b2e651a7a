#include "kernel/built_in.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "contract/glob.h"
#include "contract/module_name.h"

#define KERNEL_DIRECTORY "kernel/"
#define ALIAS_KEY ".alias="

/* name: normalised. A class is a path below kernel/, or the name of one module. */
static bool is_of_class(const char *path, const char *name, const char *class)
{
    char *pattern = strchr(class, '/') ? allocate_format("%s*", class) : allocate_string(class);
    bool is_path = strchr(class, '/') != NULL;
    bool is_found;

    if (!is_path)
        module_name_normalise(pattern);
    is_found = fnmatch(pattern, is_path ? path : name, 0) == 0;
    free(pattern);
    return is_found;
}

static bool is_in_class(const char *path, const char *name, const struct wish_list *classes)
{
    bool is_found = classes == NULL;

    if (!strncmp(path, KERNEL_DIRECTORY, strlen(KERNEL_DIRECTORY)))
        path += strlen(KERNEL_DIRECTORY);
    for (size_t i = 0; !is_found && i < classes->count; i++)
        is_found = is_of_class(path, name, classes->items[i].name);
    return is_found;
}

/* A line of the text while it grows. */
struct line {
    char *name;
    struct buffer aliases; /* each with a blank in front */
};

struct lines {
    struct line *items; /* sorted by name */
    size_t count;
};

static int compare_lines(const void *a, const void *b)
{
    return strcmp(((const struct line *)a)->name, ((const struct line *)b)->name);
}

/* paths: cut up. "kernel/fs/ext4/ext4.ko" has the name "ext4". */
static void read_names(struct lines *lines, char *paths, const struct wish_list *classes)
{
    char *rest = NULL;

    for (char *path = strtok_r(paths, "\n", &rest); path; path = strtok_r(NULL, "\n", &rest)) {
        const char *slash = strrchr(path, '/');
        char *name;

        name = allocate_string(slash ? slash + 1 : path);
        name[strcspn(name, ".")] = '\0';
        module_name_normalise(name);
        if (!is_in_class(path, name, classes)) {
            free(name);
            continue;
        }
        lines->items = allocate_more(lines->items, lines->count, sizeof(*lines->items));
        lines->items[lines->count++] = (struct line){.name = name};
    }
    if (lines->count > 0)
        qsort(lines->items, lines->count, sizeof(*lines->items), compare_lines);
}

/* entry: of modules.builtin.modinfo, "NAME.alias=PATTERN" for example. */
static void read_alias(struct lines *lines, const char *entry)
{
    size_t length = strcspn(entry, ".");
    struct line key = {0};
    struct line *line;
    char *alias;

    if (strncmp(entry + length, ALIAS_KEY, strlen(ALIAS_KEY)) != 0 || lines->count == 0)
        return;
    key.name = allocate_text(entry, length);
    line = bsearch(&key, lines->items, lines->count, sizeof(key), compare_lines);
    free(key.name);
    if (!line)
        return;
    alias = allocate_string(entry + length + strlen(ALIAS_KEY));
    module_name_normalise(alias);
    buffer_append_string(&line->aliases, " ");
    buffer_append_string(&line->aliases, alias);
    free(alias);
}

static int read_optional(const char *directory, const char *name, struct buffer *bytes)
{
    char *path = allocate_format("%s/%s", directory, name);
    int result = file_read(path, bytes);

    free(path);
    buffer_append(bytes, "", 1);
    return result == -ENOENT ? 0 : result;
}

int built_in_collect(const char *directory, const struct wish_list *classes, struct buffer *text)
{
    struct buffer paths = {0};
    struct buffer information = {0};
    struct lines lines = {0};
    int result = read_optional(directory, "modules.builtin", &paths);

    if (result == 0)
        result = read_optional(directory, "modules.builtin.modinfo", &information);
    if (result == 0)
        read_names(&lines, (char *)paths.data, classes);
    for (size_t at = 0; at < information.size; at += strlen((const char *)information.data + at) + 1)
        read_alias(&lines, (const char *)information.data + at);
    for (size_t i = 0; i < lines.count; i++) {
        struct line *line = &lines.items[i];

        buffer_append_string(text, line->name);
        buffer_append(text, line->aliases.data, line->aliases.size);
        buffer_append_string(text, "\n");
        buffer_free(&line->aliases);
        free(line->name);
    }
    free(lines.items);
    buffer_free(&paths);
    buffer_free(&information);
    return result;
}

char *built_in_find(const char *text, const char *name, const char *alias)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *line = allocate_text(text, length), *rest = NULL;
        const char *word = strtok_r(line, " ", &rest);
        bool is_found = word && name && !strcmp(word, name);

        while (!is_found && word && alias && (word = strtok_r(NULL, " ", &rest)))
            is_found = glob_matches(word, alias);
        if (is_found)
            return line; /* cut behind its first word */
        free(line);
        text += length + (text[length] == '\n');
    }
    return NULL;
}
