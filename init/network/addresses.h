/* A card gets its address, and what goes with it: routes, gateways, name servers. Then it is told of as a network that
 * is up. What fails is said. */
#ifndef KINDLING_NETWORK_ADDRESSES_H
#define KINDLING_NETWORK_ADDRESSES_H

#include <linux/netlink.h>

#include "network/setup.h"

/* The address of the ip= of that number. One of IPv6 is good later, when the kernel tells so. */
void addresses_set_static(struct setup *setup, struct card *card, size_t number);

/* What the DHCP server has given the card, for the ip= of that number. */
void addresses_set_dhcp(struct setup *setup, struct card *card, size_t number);

/* What the DHCPv6 server has given the card: it is good later, as any of IPv6. */
void addresses_set_dhcp6(const struct card *card);

/* Takes in RTM_NEWADDR: an address of IPv6 that is good from now on. */
void addresses_take(struct setup *setup, const struct nlmsghdr *message);

#endif
