/* Netlink messages and sysfs files: whatever they hold, the strings found lie in them and end. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "device/block_device.h"
#include "device/uevent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void feed(const struct uevent *event)
{
    struct block_devices devices = {0};

    if (strlen(event->modalias) + strlen(event->devpath) + strlen(event->devname) > UEVENT_SIZE * 3)
        abort();
    (void)block_devices_handle(&devices, event);
    block_devices_free(&devices);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = malloc(size + 1);
    struct uevent event;

    if (!copy || size > UEVENT_SIZE) {
        free(copy);
        return 0;
    }
    memcpy(copy, data, size);
    if (uevent_parse(copy, size, &event) == 0)
        feed(&event);
    copy[size] = '\0';
    uevent_parse_text(copy, size + 1, &event);
    feed(&event);
    free(copy);
    return 0;
}
