/* A kernel module's .modinfo, whatever its headers say. */
#include "fuzz.h"

#include "kernel/modinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *bytes = fuzz_bytes(data, size);
    struct modinfo info;
    const char *value;
    size_t position = 0;

    if (modinfo_open(&info, bytes, size) == 0) {
        while ((value = modinfo_next(&info, "alias", &position)))
            require(strlen(value) < size);
        require(strlen(modinfo_get(&info, "vermagic")) < size);
    }
    free(bytes);
    return 0;
}
