#include "contract/fstab.h"

#include <stddef.h>
#include <string.h>

#include "contract/fields.h"

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

static void drop_last_slashes(char *path)
{
    size_t length = strlen(path);

    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
}

bool fstab_next(char **text, struct fstab_entry *entry)
{
    char *fields[FIELD_COUNT];
    unsigned count;

    while ((count = fields_next(text, fields, FIELD_COUNT)) > 0) {
        if (count <= TYPE)
            continue;
        for (unsigned i = 0; i < FIELD_COUNT; i++)
            fstab_decode(fields[i]);
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
