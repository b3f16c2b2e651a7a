/* What is printed as JSON (RFC 8259), with Jansson. The schema is kindling(8)'s. */
#ifndef KINDLING_JSON_OUTPUT_H
#define KINDLING_JSON_OUTPUT_H

#include <jansson.h>

#include "base/string_list.h"

/* A string of any bytes: those that are no UTF-8 become "\ooo", as terminal_print_name has it. NULL: null. */
json_t *json_text(const char *text);
json_t *json_texts(const struct string_list *list);
/* Adds text to an object. */
void json_set_text(json_t *object, const char *key, const char *text);
void json_set_number(json_t *object, const char *key, long long number);
/* Prints the value to standard output and frees it. */
void json_print(json_t *value);

#endif
