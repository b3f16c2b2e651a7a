#include "network/dhcp_search.h"

#include <string.h>

/* One name of labels, RFC 1035, whose pointers lead backwards only. Returns the bytes that it takes, 0 for no name. */
static size_t read_domain(const uint8_t *bytes, size_t size, size_t start, char out[NETWORK_HOST_SIZE])
{
    size_t place = start, taken = 0, used = 0;

    while (place < size && bytes[place] != 0) {
        size_t length = bytes[place];

        if ((length & 0xc0) == 0xc0) {
            size_t target = place + 1 < size ? (length & 0x3f) << 8 | bytes[place + 1] : size;

            if (taken == 0)
                taken = place + 2 - start;
            if (target >= place)
                return 0;
            place = target;
            continue;
        }
        if (length > 63 || length > size - place - 1 || used + length + 2 > NETWORK_HOST_SIZE)
            return 0;
        if (used > 0)
            out[used++] = '.';
        memcpy(out + used, bytes + place + 1, length);
        used += length;
        place += 1 + length;
    }
    if (place >= size)
        return 0;
    out[used] = '\0';
    return taken ? taken : place + 1 - start;
}

bool dhcp_search_read(const uint8_t *bytes, size_t size, char search[NETWORK_HOST_SIZE])
{
    size_t used = 0;

    for (size_t place = 0, taken; place < size; place += taken) {
        char domain[NETWORK_HOST_SIZE];
        size_t length;

        taken = read_domain(bytes, size, place, domain);
        length = taken ? strlen(domain) : 0;
        if (taken == 0 || !network_host_is_valid(domain, length))
            return false;
        if (used + length + 2 > NETWORK_HOST_SIZE)
            return true;
        if (used > 0)
            search[used++] = ' ';
        memcpy(search + used, domain, length + 1);
        used += length;
    }
    return true;
}
