#include "archive/image_module.h"

#include <string.h>
#include <sys/stat.h>

#include "archive/member.h"
#include "base/allocate.h"
#include "contract/module_name.h"

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
    size_t length = member_length_without_compression(entry->name);

    return S_ISREG(entry->mode) && lies_among_modules(entry->name) && length > strlen(".ko")
           && !strncmp(entry->name + length - strlen(".ko"), ".ko", strlen(".ko"));
}

char *image_module_name(const struct image_entry *entry)
{
    const char *file = strrchr(entry->name, '/') + 1;
    char *name = allocate_text(file, member_length_without_compression(file) - strlen(".ko"));

    module_name_normalise(name);
    return name;
}
