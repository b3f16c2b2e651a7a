/*
 * What depmod(8) reads of a module, without the rest: a file of the module's size in which all else is a hole. depmod
 * inflates the modules of a tree one after the other, which is most of its time where they are *.ko.xz; outlines are
 * made by several threads, and it finds them inflated.
 */
#ifndef KINDLING_MODULE_OUTLINE_H
#define KINDLING_MODULE_OUTLINE_H

#include "kernel/module_files.h"

/*
 * Makes directory/PATH for each of the tree's modules, by their own names, whatever suffix those have: an outline of
 * what is compressed, and a symlink to any other. That a file is no module is depmod's to say: it gets a symlink too.
 * One that does not inflate depmod would take for a module that nobody needs: that is logged, and -EBADMSG. Nothing
 * else is logged. jobs: threads. 0 or -errno.
 */
int module_outlines_make(const char *tree, const struct module_files *modules, unsigned jobs, const char *directory);

#endif
