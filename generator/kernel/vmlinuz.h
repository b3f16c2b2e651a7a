/* A kernel's own file: vmlinuz of x86; Image, Image.gz and EFI's zboot of arm64 and riscv64. Pure. */
#ifndef KINDLING_VMLINUZ_H
#define KINDLING_VMLINUZ_H

#include <stddef.h>
#include <stdint.h>

struct vmlinuz {
    char *release;    /* "6.1.0-56-cloud-amd64", as the kernel calls itself; owned */
    uint16_t machine; /* e_machine of the kernel's programs */
};

/*
 * Reads what a kernel tells of itself: that of x86 in its setup header (Documentation/arch/x86/boot.rst,
 * kernel_version), those of arm64 and riscv64 (Documentation/arch/arm64/booting.rst, riscv/boot-image-header.rst) in
 * the first line that they will log. Returns 0, or -ENOEXEC when it is no such file.
 */
int vmlinuz_read(struct vmlinuz *kernel, const uint8_t *bytes, size_t size);

#endif
