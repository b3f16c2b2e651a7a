#include "kernel/modprobe_lines.h"

#include <stdbool.h>
#include <string.h>

#include "base/lines.h"

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
