#include "system/relro.h"

#include <link.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/mman.h>

/* Whole pages: the linker ends the part at one, and before it in its first page there is nothing else. */
static int protect(struct dl_phdr_info *program, size_t size, void *unused)
{
    uintptr_t page = getauxval(AT_PAGESZ);

    (void)size;
    (void)unused;
    for (int i = 0; i < program->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &program->dlpi_phdr[i];
        uintptr_t begin = (program->dlpi_addr + part->p_vaddr) & -page;
        uintptr_t end = (program->dlpi_addr + part->p_vaddr + part->p_memsz) & -page;

        if (part->p_type == PT_GNU_RELRO)
            (void)mprotect((void *)begin, end - begin, PROT_READ); /* a boot does not end for want of a precaution */
    }
    return 1;
}

void relro_protect(void)
{
    (void)dl_iterate_phdr(protect, NULL);
}
