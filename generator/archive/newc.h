/*
 * The frame of newc archives (Documentation/driver-api/early-userspace/buffer-format.rst). libarchive asks for as much
 * memory as a header says, and looks for the next header when one is damaged: what it gets to see are archives that the
 * kernel would unpack.
 */
#ifndef KINDLING_NEWC_H
#define KINDLING_NEWC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when an archive begins here. Pure. */
bool newc_begins(const uint8_t *bytes, size_t size);
/* Goes over the entries of one archive, up to its trailer. Logs. 0, or -EINVAL when it is damaged. */
int newc_check(const uint8_t *bytes, size_t size, const char *name);

#endif
