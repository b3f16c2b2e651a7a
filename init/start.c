/*
 * The program's first steps, in the place of musl's rcrt1.o, which knows relocations only in their long form: 24 bytes
 * for each pointer in a table, 8 KB in all. Their short form (DT_RELR) takes 100 bytes. crti.o and crtn.o are not
 * missed: there are no constructors.
 */
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define HIDDEN __attribute__((visibility("hidden")))

/* The linker's: where we lie in memory; and layout.ld's: what to relocate there, and the pages that it lies in. */
extern const char __ehdr_start[] HIDDEN;
extern const uintptr_t start_relocations[] HIDDEN, start_relocations_end[] HIDDEN;
extern char start_relocated[] HIDDEN, start_relocated_end[] HIDDEN;

int __libc_start_main(int (*program)(int, char **), int argc, char **argv); /* musl's, whatever the version */
int main(int argc, char **argv);
_Noreturn void start_with_stack(uintptr_t *stack);

/* An even entry is the address of a pointer. An odd one tells by its upper 63 bits which of the pointers that follow
 * are relocated too. */
static void relocate(uintptr_t base)
{
    uintptr_t *at = (uintptr_t *)base;

    for (const uintptr_t *entry = start_relocations; (uintptr_t)entry < (uintptr_t)start_relocations_end; entry++) {
        if (!(*entry & 1)) {
            at = (uintptr_t *)(base + *entry);
            *at++ += base;
            continue;
        }
        for (int bit = 1; bit < 64; bit++, at++)
            if (*entry >> bit & 1)
                *at += base;
    }
}

/* The kernel begins here, with the arguments on the stack. */
__asm__(".globl start\n"
        "start:\n"
        "    xor %ebp, %ebp\n" /* the outermost frame, for a debugger */
        "    mov %rsp, %rdi\n"
        "    call start_with_stack\n");

/* Called from there alone. There is no canary before musl has made the place where it is kept. What was relocated is
 * never written again: for a static program musl leaves this to the program. */
__attribute__((no_stack_protector, used)) void start_with_stack(uintptr_t *stack)
{
    relocate((uintptr_t)__ehdr_start);
    mprotect(start_relocated, (uintptr_t)start_relocated_end - (uintptr_t)start_relocated, PROT_READ);
    _exit(__libc_start_main(main, (int)stack[0], (char **)(stack + 1)));
}
