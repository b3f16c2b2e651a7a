/* Programs of this host that do part of the work: mksquashfs, xorriso, grub-mkimage and their like. */
#ifndef KINDLING_HOST_PROGRAM_H
#define KINDLING_HOST_PROGRAM_H

#include "base/string_list.h"

/* Looks for it in PATH, and in the directories of the administrator's programs, which a user's PATH need not have.
 * Returns its path, a new string, or NULL. */
char *host_program_path(const char *name);

/* The same; when it is missing, logs what for, and which Debian package has it. */
char *host_program_find(const char *name, const char *package, const char *purpose);

/* Runs it with these arguments, the first of which is its name, without input; what it prints goes nowhere, but when it
 * fails what it said on standard error is logged. purpose: "make a squashfs of DIR". The list
 * is emptied. Returns 0 or -errno. */
int host_program_run(const char *program, struct string_list *arguments, const char *purpose);

#endif
