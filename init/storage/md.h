/* md arrays, by mdadm: which members there are is read from their superblocks, what fits together is for mdadm to say.
 * An array starts without being written to (read-auto) until somebody writes. */
#ifndef KINDLING_MD_H
#define KINDLING_MD_H

#include "storage/storage.h"

extern const struct assembler md_assembler;

#endif
