#include "format/uuid.h"

#include <stdbool.h>

#include "contract/bytes.h"

static void format_in_order(const uint8_t *bytes, const uint8_t order[UUID_SIZE], char text[UUID_TEXT_SIZE])
{
    for (unsigned i = 0; i < UUID_SIZE; i++) {
        bool starts_group = i == 4 || i == 6 || i == 8 || i == 10;
        if (starts_group)
            *text++ = '-';
        put_hex(text, &bytes[order[i]], 1);
        text += 2;
    }
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
