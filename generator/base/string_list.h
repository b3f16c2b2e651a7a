/* A list of strings, owned. */
#ifndef KINDLING_STRING_LIST_H
#define KINDLING_STRING_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct string_list {
    char **items;
    size_t count;
};

void string_list_add(struct string_list *list, const char *item);
/* Only what the list has not yet. */
void string_list_add_once(struct string_list *list, const char *item);
/* Takes a string that the caller allocated. */
void string_list_take(struct string_list *list, char *item);
/* Adds the parts of text between the separators; empty parts are left out. */
void string_list_add_parts(struct string_list *list, const char *text, const char *separators);
bool string_list_contains(const struct string_list *list, const char *item);
/* Bytewise order, each string once. */
void string_list_sort(struct string_list *list);
/* The items with separator between them, as a new string. */
char *string_list_join(const struct string_list *list, const char *separator);
void string_list_free(struct string_list *list);

#endif
