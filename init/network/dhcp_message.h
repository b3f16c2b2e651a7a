/*
 * DHCP for IPv4 as bytes: RFC 2131 and 2132, 3396 (long options), 3442 (routes), 3397 (search list). A message is what
 * a packet socket of the kind SOCK_DGRAM hands over: an IP packet. Pure.
 */
#ifndef KINDLING_DHCP_MESSAGE_H
#define KINDLING_DHCP_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/network_lease.h"

enum dhcp_type {
    DHCP_NOTHING = 0,
    DHCP_DISCOVER = 1,
    DHCP_OFFER = 2,
    DHCP_REQUEST = 3,
    DHCP_DECLINE = 4,
    DHCP_ACK = 5,
    DHCP_NAK = 6
};

#define DHCP_PACKET_SIZE 576u /* the largest that any host takes, RFC 2131 */
#define DHCP_ROUTES_MAXIMUM 16u

struct dhcp_route {
    struct network_address destination;
    uint8_t prefix;
    struct network_address gateway; /* 0.0.0.0: on the wire */
};

/* What we send. */
struct dhcp_request {
    enum dhcp_type type;
    uint32_t transaction;
    uint16_t seconds; /* since the first */
    uint8_t mac[NETWORK_MAC_BYTES];
    const char *host_name;            /* "" for none */
    uint8_t client_type;              /* of the client's identifier */
    const char *client;               /* the identifier; "": it is the card's address */
    struct network_address requested; /* NETWORK_UNSET in a DISCOVER */
    struct network_address server;    /* the same */
    bool wants_broadcast;             /* the server is not to answer an address that this host has not got yet */
};

/* What a server says, of which only what has the type it should have is taken. */
struct dhcp_reply {
    enum dhcp_type type;
    uint32_t transaction;
    struct network_address address;
    struct network_address server;
    struct network_lease lease; /* but interface, mac and method */
    struct dhcp_route routes[DHCP_ROUTES_MAXIMUM];
    size_t route_count;
    const char *dropped; /* what the server said that was not of its type; NULL: nothing */
};

/* Returns the packet's size. */
size_t dhcp_message_write(const struct dhcp_request *request, uint8_t packet[DHCP_PACKET_SIZE]);

/* Returns 0, or -EINVAL for what is no reply to a client with this card. */
int dhcp_message_read(
    const uint8_t *packet, size_t size, const uint8_t mac[NETWORK_MAC_BYTES], struct dhcp_reply *reply);

#endif
