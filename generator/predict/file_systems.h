/*
 * What may lie on a device. Of a file system, what the kernel asks for when it mounts it: descriptions below
 * modules.d/filesystems/. Of a layer, with another device instead of a file system, the feature that makes that.
 */
#ifndef KINDLING_FILE_SYSTEMS_H
#define KINDLING_FILE_SYSTEMS_H

#include "feature/catalogue.h"

struct file_systems {
    struct file_system {
        char *name;    /* the type */
        char *feature; /* that makes a device of it; NULL for a file system */
        struct feature description;
    } * items;
    size_t count;
};

/* Reads all descriptions. Logs. 0 or -errno. file_systems_free in both cases. */
int file_systems_read(struct file_systems *file_systems, struct catalogue *catalogue);
/* Adds those of the types that some feature calls a layer; reads features until each is found. Logs. 0 or -errno. */
int file_systems_read_layers(
    struct file_systems *file_systems, struct catalogue *catalogue, const struct string_list *types);
/* Adds what a feature describes, by the feature's name, unless it is there. Logs. 0 or -errno. */
int file_systems_read_feature(struct file_systems *file_systems, struct catalogue *catalogue, const char *feature);
/* What is known of a type, NULL when nobody described it. */
const struct file_system *file_systems_find(const struct file_systems *file_systems, const char *type);
void file_systems_free(struct file_systems *file_systems);

#endif
