#include "kernel/weak_dependencies.h"

#include <dirent.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/lines.h"
#include "contract/module_name.h"

void weak_dependencies_read(struct weak_dependencies *list, const char *path)
{
    char *text = NULL, *line;
    struct line_reader reader = {0};

    if (file_read_text(path, &text) < 0)
        return;
    /* A backslash at a line's end makes the next one part of it. */
    for (char *end = text; (end = strstr(end, "\\\n"));)
        memset(end, ' ', 2);
    reader.next = text;
    while ((line = lines_next(&reader))) {
        const char *keyword = lines_word(&line);
        const char *pattern = keyword ? lines_word(&line) : NULL;
        struct weak_dependency *item;

        if (!pattern || strcmp(keyword, "weakdep") != 0)
            continue;
        list->items = allocate_more(list->items, list->count, sizeof(*list->items));
        item = &list->items[list->count++];
        *item = (struct weak_dependency){allocate_string(pattern), allocate_string(lines_rest(line))};
        module_name_normalise(item->pattern);
    }
    free(text);
}

void weak_dependencies_read_configuration(struct weak_dependencies *list, const struct string_list *directories)
{
    struct string_list seen = {0};

    for (size_t i = 0; i < directories->count; i++) {
        DIR *directory = opendir(directories->items[i]);
        const struct dirent *entry;

        while (directory && (entry = readdir(directory))) {
            char *file;

            if (fnmatch("*.conf", entry->d_name, FNM_PERIOD) != 0 || string_list_contains(&seen, entry->d_name))
                continue;
            string_list_add(&seen, entry->d_name);
            file = allocate_format("%s/%s", directories->items[i], entry->d_name);
            weak_dependencies_read(list, file);
            free(file);
        }
        if (directory)
            closedir(directory);
    }
    string_list_free(&seen);
}

void weak_dependencies_find(const struct weak_dependencies *list, const char *module, struct string_list *names)
{
    for (size_t i = 0; i < list->count; i++)
        if (fnmatch(list->items[i].pattern, module, 0) == 0)
            string_list_add_parts(names, list->items[i].names, " \t");
}

void weak_dependencies_free(struct weak_dependencies *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->items[i].pattern);
        free(list->items[i].names);
    }
    free(list->items);
    *list = (struct weak_dependencies){0};
}
