#include "name/udev_name.h"

#include <stdbool.h>
#include <string.h>

void udev_name_join_words(char *text)
{
    static const char blanks[] = " \t\n\v\f\r";
    const char *in = text + strspn(text, blanks);

    while (*in) {
        size_t gap = strspn(in, blanks);

        if (gap == 0)
            *text++ = *in++;
        else if (*(in += gap) != '\0')
            *text++ = '_';
    }
    *text = '\0';
}

void udev_name_replace(char *text, const char *allowed)
{
    for (; *text; text++) {
        int lower = *text | ('a' ^ 'A');
        bool is_plain = (lower >= 'a' && lower <= 'z') || (*text >= '0' && *text <= '9') || (*text & 0x80) != 0;

        if (text[0] == '\\' && text[1] == 'x')
            text++;
        else if (!is_plain && !strchr("#+-.:=@_", *text) && !strchr(allowed, *text))
            *text = '_';
    }
}
