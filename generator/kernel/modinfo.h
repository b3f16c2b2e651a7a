/*
 * What a kernel module says of itself: the KEY=VALUE strings of its .modinfo section. libkmod reads it too, but it
 * gives the whole program up when the file's headers are damaged. Pure.
 */
#ifndef KINDLING_MODINFO_H
#define KINDLING_MODINFO_H

#include <stddef.h>
#include <stdint.h>

struct modinfo {
    const char *text; /* borrowed from the module's bytes; strings with NULs behind them */
    size_t size;
};

/* bytes: the module, not compressed. 0; -ENOEXEC: it is no ELF file, or its sections do not lie in it; -ENODATA: it has
 * no such section, and is no module that a kernel takes. Nothing is found in it but after 0. */
int modinfo_open(struct modinfo *info, const uint8_t *bytes, size_t size);
/* The next value of a key at or behind *position, which begins as 0; NULL when there is none. */
const char *modinfo_next(const struct modinfo *info, const char *key, size_t *position);
/* The first value of a key, "" when there is none. */
const char *modinfo_get(const struct modinfo *info, const char *key);

#endif
