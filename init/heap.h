/* Memory for what is read and found: malloc() and its like (lean_libc.c) are made of these. */
#ifndef KINDLING_HEAP_H
#define KINDLING_HEAP_H

#include <stddef.h>

/* size bytes at a multiple of 16, or NULL when there is not that much. */
void *heap_take(size_t size);

/* The same, all zero. */
void *heap_take_zeroed(size_t size);

/* A block of the new size that begins with what the old one held, which is gone then, or NULL, and the old one stays.
 */
void *heap_resize(void *block, size_t size);

/* Ends the program when the block is none of ours, is free already, or was written to before its beginning. NULL is
 * none. */
void heap_give_back(void *block);

#endif
