/*
 * What modprobe's configuration and depmod's modules.weakdep say of weak dependencies: "weakdep MODULE NAME...", MODULE
 * a glob (modprobe.d(5)). libkmod reads them from version 33 on, and Debian 12's is older. A module's own .modinfo has
 * the others.
 */
#ifndef KINDLING_WEAK_DEPENDENCIES_H
#define KINDLING_WEAK_DEPENDENCIES_H

#include <stddef.h>

#include "base/string_list.h"

struct weak_dependency {
    char *pattern; /* normalised, as modules' names are */
    char *names;   /* with blanks between */
};

struct weak_dependencies {
    struct weak_dependency *items;
    size_t count;
};

/* Adds what a file says; one that is not there, or cannot be read, says nothing. */
void weak_dependencies_read(struct weak_dependencies *list, const char *path);
/* The same of all *.conf in the directories. Of files with one name the first directory's counts, as for modprobe. */
void weak_dependencies_read_configuration(struct weak_dependencies *list, const struct string_list *directories);
/* Adds the names that the module of that (normalised) name depends on. */
void weak_dependencies_find(const struct weak_dependencies *list, const char *module, struct string_list *names);
void weak_dependencies_free(struct weak_dependencies *list);

#endif
