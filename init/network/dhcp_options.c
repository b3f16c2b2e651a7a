#include "network/dhcp_options.h"

#include <errno.h>
#include <string.h>

uint8_t *dhcp_option_put(uint8_t *p, uint8_t option, const void *value, size_t size)
{
    *p++ = option;
    *p++ = (uint8_t)size;
    memcpy(p, value, size);
    return p + size;
}

/* The next option of an area, which is moved past it. Returns 1, 0 at its end, -EINVAL when one reaches beyond it. */
static int next_option(struct dhcp_area *area, uint8_t *option, struct dhcp_area *value)
{
    while (area->size > 0 && *area->bytes == DHCP_OPTION_PAD) {
        area->bytes++;
        area->size--;
    }
    if (area->size == 0 || *area->bytes == DHCP_OPTION_END)
        return 0;
    if (area->size < 2 || area->bytes[1] > area->size - 2)
        return -EINVAL;
    *option = area->bytes[0];
    *value = (struct dhcp_area){area->bytes + 2, area->bytes[1]};
    area->bytes += 2 + value->size;
    area->size -= 2 + value->size;
    return 1;
}

int dhcp_options_find(const struct dhcp_options *options, uint8_t wanted, uint8_t out[DHCP_VALUE_SIZE])
{
    size_t size = 0;

    for (size_t i = 0; i < options->count; i++) {
        struct dhcp_area area = options->areas[i], value;
        uint8_t option;
        int more;

        while ((more = next_option(&area, &option, &value)) > 0) {
            if (option != wanted)
                continue;
            if (value.size > DHCP_VALUE_SIZE - size)
                return -EINVAL;
            memcpy(out + size, value.bytes, value.size);
            size += value.size;
        }
        if (more < 0)
            return more;
    }
    return (int)size;
}
