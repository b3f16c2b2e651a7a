#include "contract/fields.h"

#include <stddef.h>
#include <string.h>

#define BLANKS " \t\r"

static char *cut_line(char *text)
{
    char *end = strchr(text, '\n');

    if (!end)
        return text + strlen(text);
    *end = '\0';
    return end + 1;
}

static unsigned split(char *line, char *fields[], unsigned wanted)
{
    unsigned count = 0;

    for (unsigned i = 0; i < wanted; i++) {
        size_t length;

        line += strspn(line, BLANKS);
        length = strcspn(line, BLANKS);
        fields[i] = line;
        line += length + (line[length] != '\0');
        fields[i][length] = '\0';
        count += length > 0;
    }
    return count;
}

unsigned fields_next(char **text, char *fields[], unsigned wanted)
{
    unsigned count = 0;

    while (count == 0 && **text) {
        char *line = *text + strspn(*text, BLANKS);

        *text = cut_line(line);
        if (*line != '#')
            count = split(line, fields, wanted);
    }
    return count;
}
