#include "archive/module_path.h"

#include <string.h>

#include "archive/compressor.h"
#include "base/allocate.h"
#include "contract/module_name.h"

#define SUFFIX ".ko"

static bool ends_plainly(const char *path, size_t length)
{
    return length > strlen(SUFFIX) && !strncmp(path + length - strlen(SUFFIX), SUFFIX, strlen(SUFFIX));
}

size_t module_path_plain_length(const char *path)
{
    const struct compressor *compressor = compressor_of_file(path);
    size_t length = strlen(path);
    size_t plain = compressor && compressor->module_option ? length - strlen(compressor->suffix) : length;

    return ends_plainly(path, plain) ? plain : length;
}

bool module_path_is(const char *path)
{
    return ends_plainly(path, module_path_plain_length(path));
}

char *module_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *file = slash ? slash + 1 : path;
    char *name = allocate_text(file, module_path_plain_length(file) - (module_path_is(file) ? strlen(SUFFIX) : 0));

    module_name_normalise(name);
    return name;
}

bool module_path_is_same(const char *path, const char *other)
{
    size_t length = module_path_plain_length(path);

    return length == module_path_plain_length(other) && !strncmp(path, other, length);
}
