/*
 * What a kernel module says of itself: the KEY=VALUE strings of its .modinfo section. libkmod reads it too, but it
 * gives the whole program up when the file's headers are damaged. Pure.
 */
#ifndef KINDLING_MODULE_INFO_H
#define KINDLING_MODULE_INFO_H

#include <stddef.h>
#include <stdint.h>

struct module_info {
    const char *text; /* borrowed from the module's bytes; strings with NULs behind them */
    size_t size;
};

/* bytes: the module, not compressed. 0; -ENOEXEC: it is no ELF file, or its sections do not lie in it; -ENODATA: it has
 * no such section, and is no module that a kernel takes. Nothing is found in it but after 0. */
int module_info_open(struct module_info *info, const uint8_t *bytes, size_t size);
/* The next value of a key at or behind *position, which begins as 0; NULL when there is none. */
const char *module_info_next(const struct module_info *info, const char *key, size_t *position);
/* The first value of a key, "" when there is none. */
const char *module_info_get(const struct module_info *info, const char *key);

#endif
