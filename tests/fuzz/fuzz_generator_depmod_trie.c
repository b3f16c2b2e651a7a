/* The indexes that depmod wrote: whatever has become of one, it is gone through or refused, in time and memory that its
 * size bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/depmod_trie.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* In a block of its own size, so that not even a byte is read behind it. */
    uint8_t *bytes = malloc(size ? size : 1);
    struct string_list values = {0};
    int result;

    memcpy(bytes, data, size);
    result = depmod_trie_read(bytes, size, &values);
    for (size_t i = 0; i < values.count; i++) {
        if (strlen(values.items[i]) >= size)
            abort();
    }
    if (result != depmod_trie_read(bytes, size, NULL))
        abort();
    string_list_free(&values);
    free(bytes);
    return 0;
}
