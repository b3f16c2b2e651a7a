#include "contract/fields.h"

#include <stddef.h>
#include <string.h>

#define BLANKS " \t\r"

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
        char *end = line + strcspn(line, "\n");

        *text = *end ? end + 1 : end;
        *end = '\0';
        if (*line != '#')
            count = split(line, fields, wanted);
    }
    return count;
}
