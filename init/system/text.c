#include "system/text.h"

#include <errno.h>
#include <string.h>
#include <sys/sysmacros.h>

int text_join_list(char *out, size_t size, va_list parts)
{
    size_t used = 0;
    const char *part;

    while ((part = va_arg(parts, const char *)) != NULL) {
        size_t length = strlen(part);
        size_t room = size - used - 1;

        memcpy(out + used, part, length < room ? length : room);
        if (length > room) {
            out[size - 1] = '\0';
            return -ENAMETOOLONG;
        }
        used += length;
    }
    out[used] = '\0';
    return 0;
}

int text_join(char *out, size_t size, ...)
{
    va_list parts;
    int result;

    va_start(parts, size);
    result = text_join_list(out, size, parts);
    va_end(parts);
    return result;
}

const char *text_decimal(uint64_t value, char out[DECIMAL_SIZE])
{
    char reversed[DECIMAL_SIZE];
    size_t length = 0;

    do {
        reversed[length++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (size_t i = 0; i < length; i++)
        out[i] = reversed[length - 1 - i];
    out[length] = '\0';
    return out;
}

const char *text_device_number(dev_t number, char out[DEVICE_NUMBER_SIZE])
{
    char device_major[DECIMAL_SIZE], device_minor[DECIMAL_SIZE];

    (void)text_join(out, DEVICE_NUMBER_SIZE, text_decimal(major(number), device_major), ":",
        text_decimal(minor(number), device_minor), NULL); /* there is room */
    return out;
}

int text_to_number(const char *text, uint64_t *value)
{
    uint64_t number = 0;

    if (!*text)
        return -EINVAL;
    for (; *text; text++) {
        unsigned digit = (unsigned)*text - '0';

        if (digit > 9)
            return -EINVAL;
        if (number > (UINT64_MAX - digit) / 10)
            return -ERANGE;
        number = number * 10 + digit;
    }
    *value = number;
    return 0;
}

const char *text_list_next(const char **list, size_t *length)
{
    const char *part = *list;

    *length = strcspn(part, ",");
    *list += *length;
    *list += **list == ',';
    return *list > part ? part : NULL;
}

bool text_list_has_part(const char *list, const char *word, size_t length)
{
    const char *part;
    size_t part_length;

    while ((part = text_list_next(&list, &part_length)) != NULL) {
        if (part_length == length && !strncmp(part, word, length))
            return true;
    }
    return false;
}

bool text_list_has(const char *list, const char *word)
{
    return text_list_has_part(list, word, strlen(word));
}
