#include "contract/network_field.h"

#include <string.h>

#define LONGEST_HOST 253u /* RFC 1035 */

char *network_field_cut(char **text, const char *stops, char *stop)
{
    char *field = *text, *end;

    if (*field == '[') {
        end = strchr(++field, ']');
        if (!end || !strchr(stops, end[1])) /* which finds the text's end, too */
            return NULL;
        *end++ = '\0';
    } else {
        end = field + strcspn(field, stops);
    }
    *stop = *end;
    *text = *end ? end + 1 : end;
    *end = '\0';
    return field;
}

bool network_field_is_host(const char *text)
{
    size_t length = strspn(text, NETWORK_ALPHANUMERIC);

    while (text[length] && strchr(".:%_-", text[length]))
        length += 1 + strspn(text + length + 1, NETWORK_ALPHANUMERIC);
    return text[length] == '\0' && length > 0 && length <= LONGEST_HOST && *text != '-';
}

bool network_field_is_number(const char *text, unsigned first, unsigned last)
{
    unsigned value = 0;
    size_t digits = strspn(text, "0123456789");

    if (digits == 0 || text[digits] != '\0')
        return false;
    for (; *text && value <= last; text++)
        value = value * 10 + (unsigned)(*text - '0');
    return value >= first && value <= last;
}
