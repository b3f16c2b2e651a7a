#include "base/json_output.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/allocate.h"
#include "base/buffer.h"

/* Without bytes that are no ASCII, of a text that is no UTF-8. */
static json_t *escaped_text(const char *text)
{
    struct buffer escaped = {0};
    json_t *value;

    for (; *text; text++) {
        char octal[sizeof("\\ooo")];

        snprintf(octal, sizeof(octal), "\\%03o", (unsigned char)*text);
        if ((unsigned char)*text >= 0x80)
            buffer_append_string(&escaped, octal);
        else
            buffer_append(&escaped, text, 1);
    }
    value = json_stringn((const char *)escaped.data, escaped.size);
    buffer_free(&escaped);
    return value;
}

json_t *json_text(const char *text)
{
    json_t *value;

    if (!text)
        return json_null();
    value = json_string(text);
    return value ? value : escaped_text(text);
}

json_t *json_texts(const struct string_list *list)
{
    json_t *array = json_array();

    for (size_t i = 0; i < list->count; i++)
        json_array_append_new(array, json_text(list->items[i]));
    return array;
}

void json_set_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, json_text(text));
}

void json_set_number(json_t *object, const char *key, long long number)
{
    json_object_set_new(object, key, json_integer(number));
}

void json_print(json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(value);
}
