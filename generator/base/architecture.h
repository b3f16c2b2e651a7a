/* The kinds of processors that images are made for. Pure. */
#ifndef KINDLING_ARCHITECTURE_H
#define KINDLING_ARCHITECTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct architecture {
    const char *name;          /* as systemd calls it; the directory of its /init is named so */
    const char *kernel_option; /* what its kernels' configuration says of it */
    uint16_t machine;          /* e_machine of its ELF files */
    uint16_t compatible;       /* that of 32-bit programs, which its kernels start too */
    uint16_t efi_machine;      /* IMAGE_FILE_MACHINE_* of its EFI programs (the PE format) */
};

/* The one that this program is made for. */
const struct architecture *architecture_native(void);
/* NULL when there is no such row. */
const struct architecture *architecture_of_machine(uint16_t machine);
const struct architecture *architecture_at(size_t number);

/* e_machine of an ELF file; 0 (EM_NONE) for what is none. */
uint16_t architecture_machine_of(const uint8_t *bytes, size_t size);
/* Whether its kernels start a program of such an e_machine. */
bool architecture_runs(const struct architecture *architecture, uint16_t machine);
/* What people call the processor of an ELF file: "arm64". */
const char *architecture_name_of_machine(uint16_t machine);

#endif
