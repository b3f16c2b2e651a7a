/* What the generator has to know of a program's file. Pure. */
#ifndef KINDLING_EXECUTABLE_H
#define KINDLING_EXECUTABLE_H

#include <stddef.h>
#include <stdint.h>

enum executable_kind {
    EXECUTABLE_NONE,   /* not an ELF program, or a damaged one */
    EXECUTABLE_STATIC, /* runs on its own */
    EXECUTABLE_DYNAMIC /* wants an interpreter: its program headers have a PT_INTERP */
};

enum executable_kind executable_kind(const uint8_t *bytes, size_t size);

#endif
