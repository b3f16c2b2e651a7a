/* The system that a medium is made of: a directory that is its root, or an image of one. */
#ifndef KINDLING_LIVE_SYSTEM_H
#define KINDLING_LIVE_SYSTEM_H

#include "command/boot_parts.h"

/* Refuses what is neither a file nor a directory with a system in it; words: of the kernel command line, which may name
 * another init. Logs. 0 or -errno. */
int live_system_check(const char *root, const char *words);
/* Refuses a medium that would lie in its own root. Logs. 0 or -errno. */
int live_system_check_output(const char *root, const char *output);
/* Takes the kernel that lies in the directory, where no other tree was named. Logs. 0 or -errno. */
int live_system_take_kernel(const char *root, struct boot_parts *parts);
/* True when the system can load what its kernel has as modules, or nobody can tell. */
bool live_system_has_modules(const char *root, const char *release);

#endif
