/* What a router says beside prefixes: the kernel hands it on (RTM_NEWNDUSEROPT; RFC 8106). Pure. */
#ifndef KINDLING_NEIGHBOUR_H
#define KINDLING_NEIGHBOUR_H

#include <linux/netlink.h>

#include "contract/network_address.h"

/* The first of the name servers that the message tells of. Returns the number of the card, or 0 when there is none. */
int neighbour_read_dns(const struct nlmsghdr *message, struct network_address *server);

#endif
