/*
 * The modules of one kernel, as they lie in a directory: their files, dependencies, aliases, options. Nothing here is
 * about the kernel that is running, and the tree is never written to.
 */
#ifndef KINDLING_KERNEL_TREE_H
#define KINDLING_KERNEL_TREE_H

#include "base/string_list.h"
#include "kernel/kernel_aliases.h"

struct kernel_tree;

/*
 * Opens MODULES_DIR/RELEASE, which need not be there for a kernel that has no modules. configuration: the directories
 * in which modprobe's configuration is read. A tree without modules.dep is indexed by depmod in a scratch directory,
 * and the indexes are kept below cache (NULL: nowhere). jobs: threads. Logs. 0 or -errno.
 */
int kernel_tree_open(struct kernel_tree **tree, const char *modules_dir, const char *release, bool has_modules,
    const struct string_list *configuration, unsigned jobs, const char *cache);
void kernel_tree_close(struct kernel_tree *tree);

/* All of the kernel's modules, sorted by name; module number n is item n. */
const struct kernel_module *kernel_tree_modules(const struct kernel_tree *tree, size_t *count);
/* The release's directory: module paths are relative to it. */
const char *kernel_tree_directory(const struct kernel_tree *tree);
/* Adds the files beside the modules that decided what this tree says. */
void kernel_tree_add_inputs(const struct kernel_tree *tree, struct string_list *inputs);

/*
 * Adds to list what people mean by a name: a module's name, a glob of names, an alias, or a path below kernel/ (or
 * below the release's directory): of a directory, or of a file with or without its .xz, .zst or .gz.
 */
enum module_found kernel_tree_find(const struct kernel_tree *tree, const char *name, struct module_list *list);

/* What modprobe would load for a module, in order, itself included: dependencies and soft dependencies, each once,
 * without what is built in. Logs. 0 or -errno. */
int kernel_tree_steps(const struct kernel_tree *tree, const struct kernel_module *module, struct module_list *steps);
/* Modules that this one can make use of once it runs, and that nobody loads before. Logs. 0 or -errno: -ENOEXEC the
 * module's file is damaged. */
int kernel_tree_weak_dependencies(
    const struct kernel_tree *tree, const struct kernel_module *module, struct module_list *list);
/* Adds the names of the firmware files that a module says it may ask for; globs are among them. Results alike. */
int kernel_tree_firmware(const struct kernel_tree *tree, const struct kernel_module *module, struct string_list *names);
/* The module's options from modprobe's configuration, "" when there are none, as a new string. */
char *kernel_tree_options(const struct kernel_tree *tree, const struct kernel_module *module);
/* True when the configuration does not let aliases load it: a blacklist line, or an install line that does nothing. */
bool kernel_tree_is_blacklisted(const struct kernel_tree *tree, const struct kernel_module *module);

/* All aliases: those of the modules and those of the configuration. */
const struct kernel_alias *kernel_tree_aliases(const struct kernel_tree *tree, size_t *count);

#endif
