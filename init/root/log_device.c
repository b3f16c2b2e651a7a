#include "root/log_device.h"

#include <string.h>

#include "contract/device_options.h"
#include "root/device_find.h"
#include "root/mount_options.h"
#include "system/failure.h"
#include "system/text.h"

int log_devices_find(struct boot *boot)
{
    static char known[MOUNT_DATA_SIZE]; /* what rootflags= says from now on */
    char flags[MOUNT_DATA_SIZE] = "", option[16], spec[MOUNT_DATA_SIZE];
    const char *list = boot->options.rootflags, *rest = list;
    struct device_option found;
    int result;

    while (device_option_next(&list, &found)) {
        struct wanted_device wanted = {.what = option, .spec = spec, .options = "", .seconds = BOOT_TIMEOUT_NEVER};
        size_t used = strlen(flags), before = (size_t)(found.value - rest);

        if (used + before >= sizeof(flags) || found.length >= sizeof(spec))
            return failure("rootflags", "too long", "rootflags= is longer than the kernel takes", NULL);
        memcpy(flags + used, rest, before);
        flags[used + before] = '\0';
        memcpy(option, found.word, (size_t)(found.value - found.word));
        option[found.value - found.word] = '\0';
        memcpy(spec, found.value, found.length);
        spec[found.length] = '\0';
        result = device_find(boot, &wanted);
        if (result < 0)
            return failure_because(spec, device_find_error(result), "rootflags=", option, spec, NULL);
        (void)text_join(flags + used + before, sizeof(flags) - used - before, wanted.device->path, NULL);
        rest = found.value + found.length;
    }
    if (rest == boot->options.rootflags)
        return 0;
    if (text_join(known, sizeof(known), flags, rest, NULL) < 0)
        return failure("rootflags", "too long", "rootflags= is longer than the kernel takes", NULL);
    boot->options.rootflags = known;
    return 0;
}
