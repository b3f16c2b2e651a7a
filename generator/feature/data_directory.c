#include "feature/data_directory.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"

static const char *environment(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

char *data_directory_path(const char *name)
{
    const char *data = environment("KINDLING_DATA");
    char program[PATH_MAX];
    ssize_t length;

    if (data)
        return allocate_format("%s/%s", data, name);
    length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    program[length > 0 ? length : 0] = '\0';
    /* Without its last two parts /usr/bin/kindling is /usr. */
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(program, '/');

        if (slash)
            *slash = '\0';
    }
    return allocate_format("%s/share/kindling/%s", program, name);
}

char *data_directory_program(const struct architecture *architecture, const char *name)
{
    char *below = allocate_format("%s/%s", architecture->name, name);
    char *path = data_directory_path(below);

    free(below);
    if (access(path, F_OK) == 0 || architecture != architecture_native())
        return path;
    free(path);
    return data_directory_path(name);
}

char *data_directory_configuration(const char *name)
{
    const char *etc = environment("KINDLING_ETC");

    return allocate_format("%s/%s", etc ? etc : "/etc", name);
}

static bool is_somebody_elses(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && status.st_uid != geteuid();
}

char *data_directory_cache(void)
{
    const char *caches = environment("XDG_CACHE_HOME");
    const char *home = environment("HOME");

    if (caches)
        return *caches == '/' && !is_somebody_elses(caches) ? allocate_format("%s/kindling", caches) : NULL;
    return home && !is_somebody_elses(home) ? allocate_format("%s/.cache/kindling", home) : NULL;
}

void data_directory_open_catalogue(struct catalogue *catalogue)
{
    *catalogue = (struct catalogue){0};
    string_list_take(&catalogue->directories, data_directory_configuration("kindling/modules.d"));
    string_list_take(&catalogue->directories, data_directory_path("modules.d"));
}
