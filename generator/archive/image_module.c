#include "archive/image_module.h"

#include <string.h>
#include <sys/stat.h>

#include "archive/module_path.h"

#define MODULES_DIRECTORY "lib/modules/"

bool image_module_is(const struct image_entry *entry)
{
    const char *name = entry->name;

    /* Images of other makers begin their names with "./", and may know /usr only. */
    name += strncmp(name, "./", 2) ? 0 : 2;
    name += strncmp(name, "usr/", 4) ? 0 : 4;
    return S_ISREG(entry->mode) && !strncmp(name, MODULES_DIRECTORY, strlen(MODULES_DIRECTORY))
           && module_path_is(entry->name);
}

char *image_module_name(const struct image_entry *entry)
{
    return module_path_name(entry->name);
}
