#include "format/uuid.h"

#include <stdbool.h>

static void format_in_order(const uint8_t *bytes, const uint8_t order[UUID_SIZE], char text[UUID_TEXT_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (unsigned i = 0; i < UUID_SIZE; i++) {
        bool starts_group = i == 4 || i == 6 || i == 8 || i == 10;
        if (starts_group)
            *text++ = '-';
        *text++ = digits[bytes[order[i]] >> 4];
        *text++ = digits[bytes[order[i]] & 15];
    }
    *text = '\0';
}

void uuid_format(const uint8_t *uuid, char text[UUID_TEXT_SIZE])
{
    static const uint8_t order[UUID_SIZE] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

    format_in_order(uuid, order, text);
}

void uuid_format_guid(const uint8_t *guid, char text[UUID_TEXT_SIZE])
{
    static const uint8_t order[UUID_SIZE] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

    format_in_order(guid, order, text);
}
