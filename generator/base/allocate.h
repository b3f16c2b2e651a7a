/*
 * Memory of the host. These never return NULL: where none is left, the program ends through exit(3) with a
 * sentence, so that unfinished files are still removed (debris.h).
 */
#ifndef KINDLING_ALLOCATE_H
#define KINDLING_ALLOCATE_H

#include <stddef.h>

/* size zeroed bytes. */
void *allocate(size_t size);
/* The first length bytes of text, or all of it, as a new string. */
char *allocate_text(const char *text, size_t length);
char *allocate_string(const char *text);
char *allocate_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* memory, grown or shrunk to size bytes. */
void *allocate_resized(void *memory, size_t size);
/* Frees the text, and puts by in its place. */
void allocate_replace(char **text, char *by);
/* Room for one more item of size bytes behind the count that items has; the array moves. */
void *allocate_more(void *items, size_t count, size_t size);

#endif
