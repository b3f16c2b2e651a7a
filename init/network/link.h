/* What is done to cards, addresses and routes, each by one request of rtnetlink. All return 0 or -errno. */
#ifndef KINDLING_LINK_H
#define KINDLING_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "contract/network_address.h"
#include "contract/network_words.h"

int link_set_up(int index, bool up);
int link_set_mtu(int index, uint32_t mtu);
int link_set_mac(int index, const uint8_t mac[NETWORK_MAC_BYTES]);
int link_set_name(int index, const char *name);
int link_set_master(int index, int master);
int link_add_vlan(const char *name, uint16_t id, int below);
int link_add_bond(const char *name);

/* For ever: whoever takes the network over says how long it is good for. One that is there already is no error. */
int link_add_address(int index, const struct network_address *address, uint8_t prefix);

int link_remove_address(int index, const struct network_address *address, uint8_t prefix);

/* A gateway of NETWORK_UNSET: the destination is on the card's own wire. */
int link_add_route(
    int index, const struct network_address *destination, uint8_t prefix, const struct network_address *gateway);

#endif
