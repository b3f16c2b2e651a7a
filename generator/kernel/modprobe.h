/*
 * What modprobe would do in a kernel's tree: its configuration, and which modules a name or a module means to it. The
 * only file that knows libkmod. Nothing here is about the kernel that is running.
 */
#ifndef KINDLING_MODPROBE_H
#define KINDLING_MODPROBE_H

#include <stdio.h>

#include "base/string_list.h"
#include "kernel/module_table.h"
#include "kernel/weak_dependencies.h"

struct kmod_ctx;

struct modprobe {
    struct kmod_ctx *kmod;
    const struct module_table *table; /* borrowed; libkmod's modules are sought here */
    struct weak_dependencies weak_dependencies;
    /* libkmod adds the running kernel's command line to every configuration: so many entries at the lists' ends. */
    size_t foreign_options;
    size_t foreign_blacklists;
};

/* indexed: the directory with depmod's indexes. configuration: directories of modprobe's. 0 or -errno; modprobe_close
 * in both cases. */
int modprobe_open(struct modprobe *modprobe, const char *indexed, const struct string_list *configuration,
    const struct module_table *table);
void modprobe_close(struct modprobe *modprobe);

/* Adds the modules that an alias, or the name of what may be built in, stands for. */
enum module_found modprobe_find(const struct modprobe *modprobe, const char *alias, struct module_list *list);
/* Adds what would be loaded for a module, in order, itself included. 0 or -errno. */
int modprobe_steps(const struct modprobe *modprobe, const struct kernel_module *module, struct module_list *steps);

/* The index of aliases as lines "alias PATTERN NAME"; NULL when there is none. The caller closes it. */
FILE *modprobe_open_aliases(const struct modprobe *modprobe);
/* Calls add for each alias of the configuration. */
void modprobe_each_alias(
    const struct modprobe *modprobe, void (*add)(void *data, const char *pattern, const char *name), void *data);
/* A module's options, "" when there are none, as a new string. */
char *modprobe_options(const struct modprobe *modprobe, const char *name);
/* True when aliases must not load it: a blacklist line, or an install line that does nothing. */
bool modprobe_is_blacklisted(const struct modprobe *modprobe, const char *name);

#endif
