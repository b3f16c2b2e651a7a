/*
 * What depmod(8) reads of a module, without the rest, for a tree of *.ko.xz, which it would inflate one after the
 * other, most of its time. Outlines are made by several threads, and it finds them inflated.
 */
#ifndef KINDLING_MODULE_OUTLINE_H
#define KINDLING_MODULE_OUTLINE_H

#include "kernel/module_files.h"

enum outline {
    OUTLINE_SUMMARY,  /* made of what comes early in a module's file (module_summary.h) */
    OUTLINE_SECTIONS, /* a file of the module's size, in which a hole is what depmod does not read; all of it is
                         inflated */
};

/*
 * Makes directory/PATH for each of the tree's modules, by their own names, whatever suffix those have: an outline of
 * what is compressed, and a symlink to any other. That a file is no module is depmod's to say: it gets a symlink too.
 * One that does not inflate depmod would take for a module that nobody needs: that is logged, and -EBADMSG.
 * -ENODATA: there is a module that cannot be summed up, as it was not built with the kernel, or is not compressed.
 * Nothing else is logged. jobs: threads. 0 or -errno.
 */
int module_outlines_make(
    const char *tree, const struct module_files *modules, unsigned jobs, const char *directory, enum outline outline);

#endif
