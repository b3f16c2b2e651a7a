/* bcache: a disk whose sectors are cached on a quicker one. The kernel puts them together, once it was told of each
 * (Documentation/admin-guide/bcache.rst). */
#ifndef KINDLING_BCACHE_H
#define KINDLING_BCACHE_H

#include "storage/storage.h"

extern const struct assembler bcache_assembler;

#endif
