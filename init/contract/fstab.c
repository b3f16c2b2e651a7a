#include "contract/fstab.h"

#include <stddef.h>
#include <string.h>

#define BLANKS " \t\r"

enum { SPEC, PLACE, TYPE, OPTIONS, FREQUENCY, PASS, FIELD_COUNT };

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

void fstab_decode(char *text)
{
    char *out = text;

    while (*text) {
        if (*text == '\\' && is_octal(text[1]) && is_octal(text[2]) && is_octal(text[3])) {
            *out++ = (char)((text[1] - '0') << 6 | (text[2] - '0') << 3 | (text[3] - '0'));
            text += 4;
        } else {
            *out++ = *text++;
        }
    }
    *out = '\0';
}

/* Cuts the first line off. Returns where the next one begins. */
static char *cut_line(char *text)
{
    char *end = strchr(text, '\n');

    if (!end)
        return text + strlen(text);
    *end = '\0';
    return end + 1;
}

/* Returns the number of fields; those that are missing are "". */
static unsigned split(char *line, char *fields[FIELD_COUNT])
{
    unsigned count = 0;

    for (unsigned i = 0; i < FIELD_COUNT; i++) {
        size_t length;

        line += strspn(line, BLANKS);
        length = strcspn(line, BLANKS);
        fields[i] = line;
        line += length + (line[length] != '\0');
        fields[i][length] = '\0';
        count += length > 0;
        fstab_decode(fields[i]);
    }
    return count;
}

static void drop_last_slashes(char *path)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
}

bool fstab_next(char **text, struct fstab_entry *entry)
{
    char *fields[FIELD_COUNT];

    while (**text) {
        char *line = *text + strspn(*text, BLANKS);

        *text = cut_line(line);
        if (*line == '#' || split(line, fields) <= TYPE)
            continue;
        drop_last_slashes(fields[PLACE]);
        *entry = (struct fstab_entry){.spec = fields[SPEC],
            .place = fields[PLACE],
            .type = fields[TYPE],
            .options = fields[OPTIONS],
            .check = *fields[PASS] && strcmp(fields[PASS], "0") != 0};
        return true;
    }
    return false;
}

bool fstab_find(char *text, const char *mount_point, struct fstab_entry *entry)
{
    while (fstab_next(&text, entry)) {
        if (!strcmp(entry->place, mount_point))
            return true;
    }
    return false;
}
