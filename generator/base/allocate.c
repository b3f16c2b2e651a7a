#include "base/allocate.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"

#define FIRST_CAPACITY 8u

static void *checked(void *memory)
{
    if (memory)
        return memory;
    log_error("out of memory");
    exit(EXIT_FAILURE);
}

void *allocate(size_t size)
{
    return checked(calloc(1, size ? size : 1));
}

char *allocate_text(const char *text, size_t length)
{
    /* The bytes of an empty buffer are nowhere. */
    return checked(strndup(text ? text : "", length));
}

char *allocate_string(const char *text)
{
    return checked(strdup(text));
}

char *allocate_format(const char *format, ...)
{
    char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    if (vasprintf(&text, format, arguments) < 0)
        text = NULL;
    va_end(arguments);
    return checked(text);
}

void *allocate_resized(void *memory, size_t size)
{
    return checked(realloc(memory, size));
}

void allocate_replace(char **text, char *by)
{
    free(*text);
    *text = by;
}

/* An array is full when its count is 0 or a power of two from FIRST_CAPACITY on; then it doubles. */
void *allocate_more(void *items, size_t count, size_t size)
{
    size_t capacity = count ? 2 * count : FIRST_CAPACITY;

    if (count != 0 && (count < FIRST_CAPACITY || (count & (count - 1)) != 0))
        return items;
    if (capacity > SIZE_MAX / size)
        return checked(NULL);
    return allocate_resized(items, capacity * size);
}
