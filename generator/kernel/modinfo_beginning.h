/*
 * The .modinfo of a module that lies compressed, found without inflating all of it: it comes early in the file (in the
 * first tenth of Debian's 6.12 modules, taken together), but the table that says where comes last.
 */
#ifndef KINDLING_MODINFO_BEGINNING_H
#define KINDLING_MODINFO_BEGINNING_H

#include <stdbool.h>

#include "base/buffer.h"
#include "kernel/modinfo.h"

/*
 * Appends the section's strings, each ended by a NUL. What stands right before or behind the section may come with it,
 * if it looks like an entry. Where the beginning leaves doubts all is inflated, and the table of sections tells. 0;
 * -EBADMSG: it does not inflate; -ENOEXEC and -ENODATA as modinfo_open. Logs nothing.
 */
int modinfo_read_compressed(const void *bytes, size_t size, struct buffer *strings);
/* The same, of the first bytes of a module: false where they leave doubts. Pure. */
bool modinfo_find_strings(const uint8_t *bytes, size_t size, struct modinfo *info);

#endif
