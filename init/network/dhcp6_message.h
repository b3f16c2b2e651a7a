/* DHCP for IPv6 as bytes: RFC 8415, for one address of a client; RFC 3646 (name servers, domains). Pure. */
#ifndef KINDLING_DHCP6_MESSAGE_H
#define KINDLING_DHCP6_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "contract/network_lease.h"

enum dhcp6_type { DHCP6_SOLICIT = 1, DHCP6_ADVERTISE = 2, DHCP6_REQUEST = 3, DHCP6_REPLY = 7, DHCP6_DECLINE = 9 };

#define DHCP6_MESSAGE_SIZE 512u /* of what we send, with room to spare */
#define DHCP6_DUID_SIZE 130u    /* the longest, RFC 8415, 11.1 */
#define DHCP6_SERVER_PORT 547u
#define DHCP6_CLIENT_PORT 546u

struct dhcp6_duid {
    uint8_t bytes[DHCP6_DUID_SIZE];
    size_t size;
};

/* What we send. The client's identifier is a DUID-LL of the card's address, that of the association its last bytes. */
struct dhcp6_request {
    enum dhcp6_type type;
    uint32_t transaction;  /* 24 bits */
    uint32_t centiseconds; /* since the first */
    uint8_t mac[NETWORK_MAC_BYTES];
    const struct dhcp6_duid *server;       /* NULL in a SOLICIT */
    const struct network_address *address; /* the same */
};

/* What a server says. */
struct dhcp6_reply {
    enum dhcp6_type type; /* DHCP6_ADVERTISE or DHCP6_REPLY */
    uint32_t transaction;
    struct dhcp6_duid server;
    struct network_lease lease; /* address, prefix, lease_seconds, dns, search; address.family of NETWORK_UNSET: it has
                                   none for us */
    const char *dropped;        /* what the server said that was not of its type; NULL: nothing */
};

/* Returns the message's size. */
size_t dhcp6_message_write(const struct dhcp6_request *request, uint8_t message[DHCP6_MESSAGE_SIZE]);

/* Returns 0, or -EINVAL for what is no answer to the client with this card. */
int dhcp6_message_read(
    const uint8_t *message, size_t size, const uint8_t mac[NETWORK_MAC_BYTES], struct dhcp6_reply *reply);

#endif
