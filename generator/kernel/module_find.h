/* What people mean by a name when they speak of modules. */
#ifndef KINDLING_MODULE_FIND_H
#define KINDLING_MODULE_FIND_H

#include "kernel/modprobe.h"

/* Adds to list the module of that name, or those that have it as an alias. */
enum module_found module_find_named(const struct modprobe *modprobe, const char *name, struct module_list *list);
/* The same of a glob of names too, and of a path below kernel/ (or below the release's directory): of a directory, or
 * of a file with or without its .xz, .zst or .gz. */
enum module_found module_find(const struct modprobe *modprobe, const char *name, struct module_list *list);

#endif
