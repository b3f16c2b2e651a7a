/*
 * One spelling for names: the kernel and kmod hold '-' and '_' in module names and aliases for the same,
 * except between '[' and ']' of an alias pattern, where '-' means a range (libkmod's alias_normalize).
 * Generator and /init must agree on it to the byte, so both use these.
 */
#ifndef KINDLING_MODULE_NAME_H
#define KINDLING_MODULE_NAME_H

#include <stddef.h>

/* A modalias comes in a uevent, whose environment has 2 KiB. */
#define MODULE_NAME_SIZE 2048u

/* Normalises an alias or a module name in place. */
static inline void module_name_normalise(char *name)
{
    int in_class = 0;

    for (; *name; name++) {
        if (*name == '[')
            in_class = 1;
        else if (*name == ']')
            in_class = 0;
        else if (*name == '-' && !in_class)
            *name = '_';
    }
}

/* The number of bytes before the first character that fnmatch(3) treats specially. */
static inline size_t alias_literal_prefix(const char *pattern)
{
    size_t length = 0;

    while (pattern[length] && pattern[length] != '*' && pattern[length] != '?' && pattern[length] != '['
           && pattern[length] != '\\')
        length++;
    return length;
}

#endif
