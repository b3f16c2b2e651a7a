#include "base/path.h"

#include <string.h>

#include "base/allocate.h"

char *path_take_part(char **path)
{
    const char *start = *path + strspn(*path, "/");
    size_t length = strcspn(start, "/");
    char *part = length > 0 ? allocate_text(start, length) : NULL;

    allocate_replace(path, allocate_string(start + length));
    return part;
}

void path_cut_last(char *path)
{
    char *slash = strrchr(path, '/');

    *(slash ? slash : path) = '\0';
}
