#include "format/utf16.h"

#include <stdbool.h>

#include "contract/bytes.h"

#define REPLACEMENT_CHARACTER 0xfffdu

static uint32_t unit_at(const uint8_t *units, size_t index, enum utf16_order order)
{
    return order == UTF16_BIG_ENDIAN ? get_be16(units + 2 * index) : get_le16(units + 2 * index);
}

static bool is_high_surrogate(uint32_t unit)
{
    return unit >= 0xd800 && unit < 0xdc00;
}

static bool is_low_surrogate(uint32_t unit)
{
    return unit >= 0xdc00 && unit < 0xe000;
}

/* The code point at *index, which moves on to the next one. */
static uint32_t next_code_point(const uint8_t *units, size_t count, enum utf16_order order, size_t *index)
{
    uint32_t first = unit_at(units, (*index)++, order);
    uint32_t second;

    if (!is_high_surrogate(first))
        return is_low_surrogate(first) ? REPLACEMENT_CHARACTER : first;
    if (*index == count)
        return REPLACEMENT_CHARACTER;
    second = unit_at(units, *index, order);
    if (!is_low_surrogate(second))
        return REPLACEMENT_CHARACTER;
    (*index)++;
    return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

static size_t encode_utf8(uint32_t code_point, char out[4])
{
    static const uint8_t lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = code_point < 0x80 ? 1 : code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;

    for (size_t i = length; i-- > 1; code_point >>= 6)
        out[i] = (char)(0x80 | (code_point & 0x3f));
    out[0] = (char)(lead[length] | code_point);
    return length;
}

void utf16_to_utf8(const uint8_t *units, size_t count, enum utf16_order order, char *text, size_t text_size)
{
    size_t used = 0;

    for (size_t i = 0; i < count && unit_at(units, i, order) != 0;) {
        char encoded[4];
        size_t length = encode_utf8(next_code_point(units, count, order, &i), encoded);
        if (used + length >= text_size)
            break;
        for (size_t k = 0; k < length; k++)
            text[used++] = encoded[k];
    }
    text[used] = '\0';
}
