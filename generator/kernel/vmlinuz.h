/* A kernel's own file (vmlinuz). Pure. */
#ifndef KINDLING_VMLINUZ_H
#define KINDLING_VMLINUZ_H

#include <stddef.h>
#include <stdint.h>

/* The release that an x86 kernel tells in its setup header (Documentation/arch/x86/boot.rst, kernel_version), as a new
 * string; NULL when it is no such file. */
char *vmlinuz_release(const uint8_t *bytes, size_t size);

#endif
