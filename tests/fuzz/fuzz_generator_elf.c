/* Programs, libraries and kernel modules of a foreign sysroot: whatever the bytes are, they are read or refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "content/executable.h"
#include "kernel/modinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_module(const uint8_t *data, size_t size)
{
    struct modinfo info;
    const char *value;
    size_t position = 0;

    if (modinfo_open(&info, data, size) < 0 && info.size > 0)
        abort();
    while ((value = modinfo_next(&info, "alias", &position))) {
        if (strlen(value) >= size)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct executable executable;

    read_module(data, size);
    if (executable_read(&executable, data, size) == 0 && executable.kind == EXECUTABLE_NONE)
        abort();
    for (size_t i = 0; i < executable.needed.count; i++) {
        if (executable.needed.items[i][0] == '\0')
            abort();
    }
    if (executable.interpreter && strlen(executable.interpreter) >= size)
        abort();
    executable_free(&executable);
    return 0;
}
