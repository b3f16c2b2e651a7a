/* What a text begins with. Pure. */
#ifndef KINDLING_PREFIX_H
#define KINDLING_PREFIX_H

#include <stdbool.h>
#include <string.h>

/* True when text begins with prefix, or is it. */
static inline bool begins_with(const char *text, const char *prefix)
{
    return !strncmp(text, prefix, strlen(prefix));
}

#endif
