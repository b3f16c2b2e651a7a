/*
 * What a kernel module's file tells of it: the section .modinfo, strings "KEY=VALUE" that end in NUL each. libkmod
 * reads it too, but it gives the whole program up when the file's headers are damaged.
 */
#ifndef KINDLING_MODULE_INFORMATION_H
#define KINDLING_MODULE_INFORMATION_H

#include <stddef.h>
#include <stdint.h>

#include "base/string_list.h"

/* Appends the strings of a module that is not compressed. Pure: 0, or -ENOEXEC when it is no ELF file, or its sections
 * do not lie in it. One without that section has no strings. */
int module_information_read(const uint8_t *bytes, size_t size, struct string_list *strings);

#endif
