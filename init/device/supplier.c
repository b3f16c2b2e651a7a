#include "device/supplier.h"

#include <string.h>

#include "system/directory.h"
#include "system/sysfs.h"
#include "system/text.h"

#define LINK "supplier:"

/* A link "supplier:platform:iommu" leads to a directory whose "supplier" is that device. */
bool supplier_awaited(int sysfs, const char *device, char *names, size_t size)
{
    char value[SYSFS_VALUE_SIZE], path[SYSFS_PATH_SIZE];
    struct directory directory;
    const struct dirent *entry;

    *names = '\0';
    directory_open(&directory, sysfs, device);
    while ((entry = directory_next(&directory)) != NULL) {
        size_t used = strlen(names);

        if (strncmp(entry->d_name, LINK, strlen(LINK)) != 0
            || text_join(path, sizeof(path), device, "/", entry->d_name, "/supplier", NULL) < 0
            || sysfs_has_driver(sysfs, path))
            continue;
        (void)text_join(names + used, size - used, used ? ", " : "", entry->d_name + strlen(LINK), NULL);
    }
    directory_close(&directory);
    return *names || (sysfs_read(sysfs, device, "waiting_for_supplier", value) && !strcmp(value, "1"));
}

/* Each line is "DEVICE\tREASON". */
bool supplier_is_deferred(const char *list, const char *device, const char **reason, size_t *length)
{
    size_t size = strlen(device);

    for (; *list; list += strcspn(list, "\n"), list += *list == '\n') {
        if (strncmp(list, device, size) != 0 || list[size] != '\t')
            continue;
        *reason = list + size + 1;
        *length = strcspn(*reason, "\n");
        return true;
    }
    return false;
}
