/* Files that are said to be kernels: the release is a word, or nothing. */
#include "fuzz.h"

#include "kernel/vmlinuz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_bytes(data, size);
    char *release = vmlinuz_release(bytes, size);

    if (release)
        require(*release && strlen(release) <= size && !strpbrk(release, " \t\n"));
    free(release);
    free(bytes);
    return 0;
}
