/*
 * The files that libkmod reads as configuration: of modprobe.d, and modules.softdep. It passes over what it does not
 * know, and says so in its own way, so we look at them before.
 */
#ifndef KINDLING_MODPROBE_LINES_H
#define KINDLING_MODPROBE_LINES_H

#include "base/string_list.h"

/* The number of the first line of text, which is cut up, that libkmod would pass over; 0: there is none. Pure. */
unsigned modprobe_lines_check(char *text);
/* The same of a file; 0 too when it cannot be read, 1 when there are NUL bytes in it: it is no text at all. */
unsigned modprobe_lines_check_file(const char *path);

/* Warns of such lines in the directories' files, as modprobe does. Logs. 0, or -EINVAL: one is no regular file, and
 * libkmod would wait for somebody to write to it. */
int modprobe_lines_check_files(const struct string_list *directories);
/* Adds the directories that there are, for files that come or go, and each file in them that libkmod reads. */
void modprobe_lines_add_inputs(const struct string_list *directories, struct string_list *inputs);

#endif
