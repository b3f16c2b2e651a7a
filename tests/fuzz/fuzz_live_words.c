/* The words of live systems, in any tradition. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contract/live_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct live_words words;
    struct cmdline cmdline;

    if (text && cmdline_parse("", text, &cmdline) == 0) {
        live_words_read(&cmdline, &words);
        if (strlen(words.medium) >= LIVE_SPEC_SIZE || strlen(words.file) >= LIVE_SPEC_SIZE
            || (words.layout != LIVE_NONE && !words.directory))
            abort();
        cmdline_free(&cmdline);
    }
    free(text);
    return 0;
}
