/* Bytes that grow. */
#ifndef KINDLING_BUFFER_H
#define KINDLING_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *data; /* owned */
    size_t size;
    size_t capacity;
};

void buffer_append(struct buffer *buffer, const void *bytes, size_t size);
void buffer_append_string(struct buffer *buffer, const char *text);
/* Room for size more bytes, to be written at data + size. */
void buffer_reserve(struct buffer *buffer, size_t size);
/* Gives back the room that is not used, of one that will not grow any more. */
void buffer_shrink(struct buffer *buffer);
/* Gives the memory back; the buffer is empty then. */
void buffer_free(struct buffer *buffer);

#endif
