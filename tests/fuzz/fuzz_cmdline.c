/* The kernel command line, its options, and the references to devices in them. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contract/cmdline.h"
#include "module/boot_options.h"
#include "name/device_ref.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct boot_options options;
    struct cmdline cmdline;
    struct device_ref ref;

    if (text && cmdline_parse("ro root=/dev/sda", text, &cmdline) == 0) {
        (void)boot_options_read(&cmdline, &options);
        (void)device_ref_parse(options.root, &ref);
        cmdline_free(&cmdline);
    }
    free(text);
    return 0;
}
