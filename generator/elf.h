/* What the generator has to know of a program's file. Pure. */
#ifndef KINDLING_ELF_H
#define KINDLING_ELF_H

#include <stddef.h>
#include <stdint.h>

enum elf_kind {
    ELF_NONE,   /* not an ELF program, or a damaged one */
    ELF_STATIC, /* runs on its own */
    ELF_DYNAMIC /* wants an interpreter: its program headers have a PT_INTERP */
};

enum elf_kind elf_kind(const uint8_t *bytes, size_t size);

#endif
