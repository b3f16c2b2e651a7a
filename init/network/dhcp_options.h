/* The options of a DHCP message as bytes: RFC 2132, 3396 (long options). Pure. */
#ifndef KINDLING_DHCP_OPTIONS_H
#define KINDLING_DHCP_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

enum dhcp_option {
    DHCP_OPTION_PAD = 0,
    DHCP_OPTION_MASK = 1,
    DHCP_OPTION_ROUTER = 3,
    DHCP_OPTION_DNS = 6,
    DHCP_OPTION_HOST_NAME = 12,
    DHCP_OPTION_DOMAIN = 15,
    DHCP_OPTION_ROOT_PATH = 17,
    DHCP_OPTION_MTU = 26,
    DHCP_OPTION_BROADCAST = 28,
    DHCP_OPTION_REQUESTED = 50,
    DHCP_OPTION_LEASE = 51,
    DHCP_OPTION_OVERLOAD = 52,
    DHCP_OPTION_TYPE = 53,
    DHCP_OPTION_SERVER = 54,
    DHCP_OPTION_PARAMETERS = 55,
    DHCP_OPTION_SIZE = 57,
    DHCP_OPTION_CLIENT = 61,
    DHCP_OPTION_TFTP_SERVER = 66,
    DHCP_OPTION_BOOT_FILE = 67,
    DHCP_OPTION_SEARCH = 119,
    DHCP_OPTION_ROUTES = 121,
    DHCP_OPTION_END = 255
};

#define DHCP_VALUE_SIZE 1024u

/* Bytes that hold options. */
struct dhcp_area {
    const uint8_t *bytes;
    size_t size;
};

/* The parts of a message where options are, in their order: RFC 2132, 9.3. */
struct dhcp_options {
    struct dhcp_area areas[3];
    size_t count;
};

/* Writes an option of up to 255 bytes. Returns where the next one goes. */
uint8_t *dhcp_option_put(uint8_t *p, uint8_t option, const void *value, size_t size);

/* An option's value, put together of all its parts. Returns its size, 0 when there is none, or -EINVAL when an option
 * reaches beyond its area, or the value is longer than out. */
int dhcp_options_find(const struct dhcp_options *options, uint8_t wanted, uint8_t out[DHCP_VALUE_SIZE]);

#endif
