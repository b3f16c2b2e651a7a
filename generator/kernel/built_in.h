/*
 * What a kernel has built in, as far as it bears on finding a root: a text of lines "NAME ALIAS...", normalised as in
 * module_name.h. It comes from the kernel's tree, and an image carries it along for `kindling check`.
 */
#ifndef KINDLING_BUILT_IN_H
#define KINDLING_BUILT_IN_H

#include <stdbool.h>

#include "base/buffer.h"
#include "feature/wanted.h"

/* A gzip member; not read at boot. */
#define IMAGE_BUILT_IN_PATH "/lib/kindling/built-in.gz"

/* Appends the text for the kernel whose modules lie in directory (modules.builtin, modules.builtin.modinfo), reduced to
 * what lies in one of the classes, paths below kernel/ as features name them (NULL: all of it). A kernel that does not
 * tell has nothing built in. 0 or -errno. */
int built_in_collect(const char *directory, const struct wish_list *classes, struct buffer *text);

/* The line's first word, for the first line whose name is NAME, or one of whose aliases matches ALIAS; either may be
 * NULL. A new string, NULL when there is none. text is NUL-terminated. Pure. */
char *built_in_find(const char *text, const char *name, const char *alias);

#endif
