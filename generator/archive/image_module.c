#include "archive/image_module.h"

#include <string.h>
#include <sys/stat.h>

#include "archive/module_path.h"

#define MODULES_DIRECTORY "lib/modules/"

/* Images of other makers begin their names with "./", and may know /usr only. */
static bool lies_among_modules(const char *name)
{
    name += strncmp(name, "./", 2) ? 0 : 2;
    name += strncmp(name, "usr/", 4) ? 0 : 4;
    return !strncmp(name, MODULES_DIRECTORY, strlen(MODULES_DIRECTORY));
}

bool image_module_is(const struct image_entry *entry)
{
    return S_ISREG(entry->mode) && lies_among_modules(entry->name) && module_path_is(entry->name);
}

char *image_module_name(const struct image_entry *entry)
{
    return module_path_name(entry->name);
}
