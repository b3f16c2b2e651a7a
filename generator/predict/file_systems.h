/* What the kernel asks for when it mounts a file system: descriptions below modules.d/filesystems/. */
#ifndef KINDLING_FILE_SYSTEMS_H
#define KINDLING_FILE_SYSTEMS_H

#include "feature/catalogue.h"

struct file_systems {
    struct {
        char *name;
        struct feature description;
    } * items;
    size_t count;
};

/* Reads all descriptions. Logs. 0 or -errno. file_systems_free in both cases. */
int file_systems_read(struct file_systems *file_systems, struct catalogue *catalogue);
/* The description of a type, NULL when nobody wrote one. */
const struct feature *file_systems_find(const struct file_systems *file_systems, const char *type);
void file_systems_free(struct file_systems *file_systems);

#endif
