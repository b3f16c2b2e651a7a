#include "base/string_list.h"

#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/buffer.h"

void string_list_take(struct string_list *list, char *item)
{
    list->items = allocate_more(list->items, list->count, sizeof(*list->items));
    list->items[list->count++] = item;
}

void string_list_add(struct string_list *list, const char *item)
{
    string_list_take(list, allocate_string(item));
}

void string_list_add_parts(struct string_list *list, const char *text, const char *separators)
{
    while (*text) {
        size_t length = strcspn(text, separators);

        if (length > 0)
            string_list_take(list, allocate_text(text, length));
        text += length;
        text += *text != '\0';
    }
}

bool string_list_contains(const struct string_list *list, const char *item)
{
    for (size_t i = 0; i < list->count; i++) {
        if (!strcmp(list->items[i], item))
            return true;
    }
    return false;
}

void string_list_add_once(struct string_list *list, const char *item)
{
    if (!string_list_contains(list, item))
        string_list_add(list, item);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void string_list_sort(struct string_list *list)
{
    size_t kept = 0;

    if (list->count == 0)
        return;
    qsort(list->items, list->count, sizeof(*list->items), compare);
    for (size_t i = 1; i < list->count; i++) {
        if (!strcmp(list->items[kept], list->items[i]))
            free(list->items[i]);
        else
            list->items[++kept] = list->items[i];
    }
    list->count = kept + 1;
}

char *string_list_join(const struct string_list *list, const char *separator)
{
    struct buffer text = {0};

    for (size_t i = 0; i < list->count; i++) {
        if (i > 0)
            buffer_append_string(&text, separator);
        buffer_append_string(&text, list->items[i]);
    }
    buffer_append(&text, "", 1);
    return (char *)text.data;
}

void string_list_free(struct string_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct string_list){0};
}
