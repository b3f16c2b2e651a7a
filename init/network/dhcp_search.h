/* A list of domains as names of labels: RFC 1035, as options of DHCP have it (RFC 3397, RFC 3646). Pure. */
#ifndef KINDLING_DHCP_SEARCH_H
#define KINDLING_DHCP_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/network_lease.h"

/* Writes as many of the domains as there is room for, with blanks between. Returns false where one of them is none:
 * those before it are there. */
bool dhcp_search_read(const uint8_t *bytes, size_t size, char search[NETWORK_HOST_SIZE]);

#endif
