/* The configuration file: whatever stands in it, it is taken or refused with the line's number. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "command/config.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct options options;
    struct config_error error = {0};

    memcpy(text, data, size);
    text[size] = '\0';
    options_init(&options);
    if (config_parse(&options, text, &error) < 0 && (error.line == 0 || error.line > size + 1 || !error.reason))
        abort();
    if (!options.profile || !options.settings.cmdline || options.settings.jobs == 0
        || options.settings.method >= COMPRESS_METHODS)
        abort();
    options_free(&options);
    free(text);
    return 0;
}
