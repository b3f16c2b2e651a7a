/* Files that are said to be kernels: the release is a word, or nothing. */
#include "fuzz.h"

#include "kernel/vmlinuz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_bytes(data, size);
    struct vmlinuz kernel;

    if (vmlinuz_read(&kernel, bytes, size) == 0)
        require(*kernel.release && strlen(kernel.release) <= 64 && !strpbrk(kernel.release, " \t\n"));
    free(kernel.release);
    free(bytes);
    return 0;
}
