#include "kernel/kernel_releases.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/log.h"

bool kernel_releases_is_name(const char *release)
{
    return *release != '\0' && *release != '.' && !strchr(release, '/');
}

/* Of trees that lie there, or of all that does. */
static int list_directory(const char *modules_dir, bool only_trees, struct string_list *names)
{
    DIR *directory = opendir(modules_dir);
    const struct dirent *entry;

    if (!directory) {
        int result = -errno;

        log_error("cannot read kernel trees in %s: %s", modules_dir, strerror(errno));
        return result;
    }
    while ((entry = readdir(directory))) {
        char *modules = allocate_format("%s/%s/kernel", modules_dir, entry->d_name);
        char *order = allocate_format("%s/%s/modules.order", modules_dir, entry->d_name);

        if (entry->d_name[0] != '.' && (!only_trees || access(modules, F_OK) == 0 || access(order, F_OK) == 0))
            string_list_add(names, entry->d_name);
        free(order);
        free(modules);
    }
    closedir(directory);
    string_list_sort(names);
    return 0;
}

int kernel_releases_list(const char *modules_dir, struct string_list *releases)
{
    return list_directory(modules_dir, true, releases);
}

int kernel_releases_refuse(const char *modules_dir, const char *release)
{
    struct string_list releases = {0};
    char *known;
    int result = list_directory(modules_dir, false, &releases);

    if (result < 0)
        return result;
    known = string_list_join(&releases, ", ");
    log_error("no kernel %s in %s (there are: %s)", release, modules_dir, releases.count ? known : "none");
    free(known);
    string_list_free(&releases);
    return -ENOENT;
}
