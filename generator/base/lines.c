#include "base/lines.h"

#include <string.h>

#define BLANKS " \t\r\f\v"

char *lines_next(struct line_reader *reader)
{
    char *line = reader->next;
    char *end;

    if (*line == '\0')
        return NULL;
    end = line + strcspn(line, "\n");
    reader->next = *end ? end + 1 : end;
    reader->number++;
    *end = '\0';
    return line;
}

char *lines_word(char **line)
{
    char *word = *line + strspn(*line, BLANKS);
    char *end = word + strcspn(word, BLANKS);

    if (*word == '\0' || *word == '#')
        return NULL;
    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

char *lines_rest(char *line)
{
    size_t length;

    line += strspn(line, BLANKS);
    length = strlen(line);
    while (length > 0 && strchr(BLANKS, line[length - 1]))
        length--;
    line[length] = '\0';
    return line;
}
