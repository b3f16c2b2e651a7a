/*
 * One ip= of the kernel command line: the kernel's form (Documentation/admin-guide/nfs/nfsroot.rst) and dracut's
 * (dracut.cmdline(7)). Pure.
 */
#ifndef KINDLING_NETWORK_REQUEST_H
#define KINDLING_NETWORK_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "contract/network_address.h"
#include "contract/network_part.h"

/* How a card gets its addresses; bits. */
enum network_method {
    NETWORK_NONE = 0,
    NETWORK_STATIC = 1,
    NETWORK_DHCP = 2,  /* DHCPv4 */
    NETWORK_AUTO6 = 4, /* a router's prefix, SLAAC */
    NETWORK_LINK6 = 8, /* the link-local address alone */
    NETWORK_DHCP6 = 32,
    NETWORK_IBFT = 16, /* as the firmware's iSCSI table has it: /init writes the word that says so */
};

/* A card by what the command line calls it: a name, an address of its own, or, with neither, any. */
struct network_card_ref {
    char name[NETWORK_NAME_SIZE]; /* "" for none */
    bool has_mac;
    uint8_t mac[NETWORK_MAC_BYTES];
};

/* One ip=. */
struct network_request {
    struct network_card_ref card;
    unsigned methods; /* of enum network_method */
    struct network_address address;
    uint8_t prefix;
    bool is_prefix_guessed; /* by the address's class: no mask was given */
    struct network_address server;
    struct network_address gateway;
    char host_name[64]; /* "" for none */
    struct network_address dns[2];
    uint8_t client_type; /* of the client's identifier for DHCP, RFC 2132, 9.14 */
    char client[128];    /* and the identifier; "": it is the card's address */
    uint32_t mtu;        /* 0: none was given */
    bool has_new_mac;    /* the card is to have this address */
    uint8_t new_mac[NETWORK_MAC_BYTES];
};

/* Returns false for what is neither an address of a card nor a name. */
bool network_card_ref_read(const struct network_part *part, struct network_card_ref *card);

/* Reads ip='s value. Returns NULL, or why it makes no sense. */
const char *network_request_parse(const char *value, struct network_request *request);

#endif
