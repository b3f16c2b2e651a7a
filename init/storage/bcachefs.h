/* A bcachefs that spans several devices: they have its UUID in common. It is told, and not put together. */
#ifndef KINDLING_BCACHEFS_H
#define KINDLING_BCACHEFS_H

#include "storage/storage.h"

extern const struct assembler bcachefs_assembler;

#endif
