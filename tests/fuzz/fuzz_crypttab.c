/* A crypttab, and what each of its options means. */
#include "fuzz.h"

#include "contract/crypttab.h"

static void read_options(const char *options)
{
    while (*options) {
        size_t length = strcspn(options, ",");
        const char *argument = NULL;
        enum crypttab_meaning meaning = crypttab_option(options, length, &argument);

        require(meaning >= CRYPTTAB_UNKNOWN && meaning <= CRYPTTAB_PLAIN);
        require(meaning < CRYPTTAB_FLAG || (argument && !strncmp(argument, "--", 2)));
        options += length + (options[length] == ',');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_text(data, size), *rest = text;
    struct crypttab_entry entry;

    while (crypttab_next(&rest, &entry)) {
        require(*entry.name && *entry.device && strlen(entry.name) + strlen(entry.device) < size);
        require(!strpbrk(entry.name, " \t\n") && strcmp(entry.key, "none") != 0);
        read_options(entry.options);
    }
    free(text);
    return 0;
}
