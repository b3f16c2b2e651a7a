#include "kernel/modprobe_lines.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/lines.h"
#include "base/log.h"

/* modprobe.d(5), and two that libkmod still knows. */
static const struct {
    const char *name;
    unsigned arguments; /* at least */
} commands[] = {{"alias", 2}, {"blacklist", 1}, {"options", 2}, {"install", 2}, {"remove", 2}, {"softdep", 2},
    {"weakdep", 2}, {"include", 0}, {"config", 0}};

static bool is_sound(char *line)
{
    const char *word = lines_word(&line);
    unsigned arguments = 0;

    if (!word)
        return true;
    while (lines_word(&line))
        arguments++;
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (!strcmp(commands[i].name, word))
            return arguments >= commands[i].arguments;
    }
    return false;
}

unsigned modprobe_lines_check(char *text)
{
    struct line_reader reader = {0};
    bool goes_on = false; /* from the line before, which ended in a backslash */
    char *line;

    reader.next = text;
    while ((line = lines_next(&reader))) {
        size_t length = strlen(line);
        bool is_continued = length > 0 && line[length - 1] == '\\';

        /* What goes on in the next line need not be complete yet. */
        if (!goes_on && !is_continued && !is_sound(line))
            return reader.number;
        goes_on = is_continued;
    }
    return 0;
}

unsigned modprobe_lines_check_file(const char *path)
{
    char *text = NULL;
    int result = file_read_text(path, &text);
    unsigned line = result == 0 ? modprobe_lines_check(text) : result == -EINVAL;

    free(text);
    return line;
}

static void add_files(const char *path, struct string_list *files)
{
    DIR *directory = opendir(path);
    const struct dirent *entry;

    while (directory && (entry = readdir(directory))) {
        size_t length = strlen(entry->d_name);

        if (length > 5 && !strcmp(entry->d_name + length - 5, ".conf"))
            file_add_existing(path, entry->d_name, files);
    }
    if (directory)
        closedir(directory);
}

int modprobe_lines_check_files(const struct string_list *directories)
{
    struct string_list files = {0};
    int result = 0;

    for (size_t i = 0; i < directories->count; i++)
        add_files(directories->items[i], &files);
    for (size_t i = 0; i < files.count && result == 0; i++) {
        unsigned line = modprobe_lines_check_file(files.items[i]);

        if (file_check(files.items[i]) == -EINVAL) {
            log_error("cannot read %s: it is no regular file, and modprobe would wait for it", files.items[i]);
            result = -EINVAL;
        } else if (line)
            log_warning("%s:%u: this line makes no sense to modprobe, it is passed over", files.items[i], line);
    }
    string_list_free(&files);
    return result;
}

void modprobe_lines_add_inputs(const struct string_list *directories, struct string_list *inputs)
{
    for (size_t i = 0; i < directories->count; i++) {
        if (access(directories->items[i], F_OK) == 0)
            string_list_add(inputs, directories->items[i]);
        add_files(directories->items[i], inputs);
    }
}
