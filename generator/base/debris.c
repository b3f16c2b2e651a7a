#include "base/debris.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/string_list.h"

#define OPEN_DIRECTORIES 16

static struct string_list debris;

void debris_add(const char *path)
{
    if (debris.items == NULL)
        atexit(debris_remove_all);
    string_list_add(&debris, path);
}

void debris_forget(const char *path)
{
    for (size_t i = 0; i < debris.count; i++) {
        if (!strcmp(debris.items[i], path)) {
            free(debris.items[i]);
            debris.items[i] = debris.items[--debris.count];
            return;
        }
    }
}

static int remove_one(const char *path, const struct stat *status, int type, struct FTW *position)
{
    (void)status;
    (void)type;
    (void)position;
    remove(path);
    return 0;
}

void debris_remove(const char *path)
{
    /* FTW_PHYS: a scratch directory holds symlinks into a kernel tree that must stay. */
    nftw(path, remove_one, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
    debris_forget(path);
}

void debris_remove_all(void)
{
    while (debris.count > 0) {
        char *path = debris.items[debris.count - 1];

        nftw(path, remove_one, OPEN_DIRECTORIES, FTW_DEPTH | FTW_PHYS);
        free(path);
        debris.count--;
    }
    free(debris.items);
    debris.items = NULL;
}
