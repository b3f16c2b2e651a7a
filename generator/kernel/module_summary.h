/*
 * A module as depmod(8) could see it, made up of its .modinfo: a relocatable ELF file of this host's byte order with
 * that section and with symbols. Which modules it depends on the kernel's build has written into .modinfo by name;
 * depmod asks symbols for that. So a summary exports one by the module's own name, and wants those of its dependencies.
 * The index of symbols that comes of it is of no use. Pure.
 */
#ifndef KINDLING_MODULE_SUMMARY_H
#define KINDLING_MODULE_SUMMARY_H

#include "base/buffer.h"
#include "kernel/modinfo.h"

/* Appends that of the module of this file name. -ENODATA: its .modinfo does not tell what it depends on, as that of a
 * module that was built with the kernel does. 0 or -errno. */
int module_summary_append(struct buffer *file, const char *path, const struct modinfo *info);

#endif
