/* persistence.conf, of a file system that anybody may have written. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contract/persistence_conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size), *rest = text;
    struct persistence_entry entry;
    int result;

    while (text && (result = persistence_conf_next(&rest, &entry)) != 0) {
        if (result > 0 && (*entry.directory != '/' || *entry.source == '/' || strstr(entry.directory, "/../")))
            abort();
    }
    free(text);
    return 0;
}
