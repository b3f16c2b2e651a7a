#include "feature/device_chain.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/allocate.h"
#include "base/file.h"
#include "base/sysroot.h"

#define DEVICES "/sys/devices/"

static void read_alias(struct device_chain *chain, const char *directory)
{
    char *path = allocate_format("%s/modalias", directory);
    char *text = NULL;

    if (file_read_text_of(chain->sysroot, path, &text) == 0) {
        text[strcspn(text, "\n")] = '\0';
        if (*text)
            string_list_add_once(&chain->aliases, text);
    }
    free(text);
    free(path);
}

static void read_driver(struct device_chain *chain, const char *directory)
{
    char *path = allocate_format("%s/driver/module", directory);
    char *canonical;

    if (sysroot_canonical(chain->sysroot, path, &canonical) == 0) {
        string_list_add_once(&chain->drivers, strrchr(canonical, '/') + 1);
        free(canonical);
    }
    free(path);
}

/* What the symlinks in a directory lead to, if these are other devices. */
static void add_links(struct device_chain *chain, const char *directory)
{
    struct string_list found = {0};
    char *resolved;
    const struct dirent *entry;
    DIR *stream;

    if (sysroot_resolve(chain->sysroot, directory, &resolved) < 0)
        return;
    stream = opendir(resolved);
    while (stream && (entry = readdir(stream))) {
        char *path = allocate_format("%s/%s", directory, entry->d_name);
        char *canonical = NULL;

        if (entry->d_type == DT_LNK && sysroot_canonical(chain->sysroot, path, &canonical) == 0
            && !strncmp(canonical, DEVICES, strlen(DEVICES)))
            string_list_add(&found, canonical);
        free(canonical);
        free(path);
    }
    if (stream)
        closedir(stream);
    free(resolved);
    string_list_sort(&found);
    for (size_t i = 0; i < found.count; i++)
        device_chain_add(chain, found.items[i]);
    string_list_free(&found);
}

int device_chain_add(struct device_chain *chain, const char *path)
{
    static const char virtual[] = DEVICES "virtual/";
    char *directory;
    int result = sysroot_canonical(chain->sysroot, path, &directory);

    if (result < 0)
        return result;
    while (!strncmp(directory, DEVICES, strlen(DEVICES)) && !string_list_contains(&chain->visited, directory)) {
        char *slaves = allocate_format("%s/slaves", directory);

        string_list_add(&chain->visited, directory);
        read_alias(chain, directory);
        read_driver(chain, directory);
        add_links(chain, slaves);
        /* The controllers of an NVMe subsystem are symlinks beside its disk, which is virtual: no bus stands above it.
         */
        if (!strncmp(directory, virtual, strlen(virtual)))
            add_links(chain, directory);
        free(slaves);
        *strrchr(directory, '/') = '\0';
    }
    free(directory);
    return 0;
}

void device_chain_free(struct device_chain *chain)
{
    string_list_free(&chain->visited);
    string_list_free(&chain->aliases);
    string_list_free(&chain->drivers);
}
