/* The new root's /etc/fstab, with the options and the device of what it names. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "contract/fstab.h"
#include "name/device_ref.h"
#include "root/mount_options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct mount_options options = {0};
    struct fstab_entry entry;
    struct device_ref ref;

    if (text && fstab_find(text, "/usr", &entry)) {
        (void)device_ref_parse(entry.spec, &ref);
        (void)mount_options_parse(entry.options, &options);
    }
    free(text);
    return 0;
}
