/* What rootfstype= tells of where a root lies. Pure. */
#ifndef KINDLING_ROOT_TYPE_H
#define KINDLING_ROOT_TYPE_H

#include <stdbool.h>
#include <string.h>

/* True for a directory that the host shares: root= is its tag then, and no block device leads to it. type may be NULL.
 */
static inline bool root_type_is_shared(const char *type)
{
    return type && (!strcmp(type, "9p") || !strcmp(type, "virtiofs"));
}

#endif
