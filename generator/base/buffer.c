#include "base/buffer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"

#define FIRST_CAPACITY 256u

void buffer_reserve(struct buffer *buffer, size_t size)
{
    size_t needed = size <= SIZE_MAX / 2 - buffer->size ? buffer->size + size : SIZE_MAX / 2;
    size_t capacity = buffer->capacity ? buffer->capacity : FIRST_CAPACITY;

    if (needed <= buffer->capacity)
        return;
    while (capacity < needed)
        capacity *= 2;
    buffer->data = allocate_resized(buffer->data, capacity);
    buffer->capacity = capacity;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
    if (size == 0)
        return;
    buffer_reserve(buffer, size);
    memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
}

void buffer_append_string(struct buffer *buffer, const char *text)
{
    buffer_append(buffer, text, strlen(text));
}

void buffer_shrink(struct buffer *buffer)
{
    if (buffer->size == 0 || buffer->size == buffer->capacity)
        return;
    buffer->data = allocate_resized(buffer->data, buffer->size);
    buffer->capacity = buffer->size;
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){0};
}
