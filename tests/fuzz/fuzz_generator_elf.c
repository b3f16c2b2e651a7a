/* Programs and libraries of a foreign sysroot: whatever the bytes are, they are read or refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "content/executable.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct executable executable;

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
