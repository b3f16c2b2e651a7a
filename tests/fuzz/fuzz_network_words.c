/* Words of the kernel command line about a network, and the lines that its program tells /init. */
#include "fuzz.h"

#include "contract/network_lease.h"
#include "contract/network_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct network_words words;
    struct network_lease lease = {0};
    struct network_fault fault;
    struct cmdline cmdline;
    char *text = fuzz_text(data, size), *rest = text, *line;

    if (cmdline_parse("", text, &cmdline) == 0) {
        network_words_read(&cmdline, &words, &fault);
        for (size_t i = 0; i < words.request_count; i++)
            require(words.requests[i].prefix <= 128);
        cmdline_free(&cmdline);
    }
    while ((line = strsep(&rest, "\n")) != NULL)
        (void)network_lease_read(&lease, line);
    require(!strpbrk(lease.interface, "/'\n") && !strpbrk(lease.root_path, "'\"$`\\ \n"));
    free(text);
    return 0;
}
