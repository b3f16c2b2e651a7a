/*
 * A network that is up, as the child that set it up tells /init of it: a line a value, "KEY VALUE", of which none is
 * taken that is not of its type. Both programs have this reader and writer. Pure.
 */
#ifndef KINDLING_NETWORK_LEASE_H
#define KINDLING_NETWORK_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/network_address.h"

#define NETWORK_DNS_MAXIMUM 3u /* MAXNS of resolv.conf(5) */
#define NETWORK_HOST_SIZE 256u
#define NETWORK_PATH_SIZE 256u /* of what a DHCP option holds, with its NUL */

struct network_lease {
    char interface[NETWORK_NAME_SIZE]; /* "": there is no network */
    uint8_t mac[NETWORK_MAC_BYTES];
    char method[8]; /* how the address came: dhcp, static, dhcp6, auto6, link6 or none */
    struct network_address address;
    uint8_t prefix;
    struct network_address gateway;
    struct network_address dns[NETWORK_DNS_MAXIMUM];
    size_t dns_count;
    struct network_address dhcp_server; /* option 54 */
    struct network_address next_server; /* siaddr, or the server of ip= */
    char host_name[NETWORK_HOST_SIZE];
    char domain[NETWORK_HOST_SIZE];
    char search[NETWORK_HOST_SIZE];      /* domains to look in, with blanks between */
    char server_name[NETWORK_HOST_SIZE]; /* option 66, a name or an address */
    char root_path[NETWORK_PATH_SIZE];   /* option 17: printable, without quotes, blanks, backslash, $ and ` */
    char boot_file[NETWORK_PATH_SIZE];   /* option 67, the same */
    char client[NETWORK_PATH_SIZE];      /* the client's identifier, the same; "": the card's address */
    uint32_t mtu;                        /* 0: the card's own */
    uint32_t lease_seconds;              /* as the server has it; 0 where there is none */
};

/* What a client of DHCPv6 with this card calls its association of addresses (IAID, RFC 8415): it is given the same
 * address under the same number alone. */
uint32_t network_association(const uint8_t mac[NETWORK_MAC_BYTES]);

/* True for a text that may be a path or a URL of a DHCP server's: printable ASCII that no shell reads in its own way.
 */
bool network_path_is_valid(const char *text, size_t length);

/* Takes in one line, without its end. Returns 0, or -EINVAL where the key is not known or the value is not of its type;
 * then nothing is changed. */
int network_lease_read(struct network_lease *lease, const char *line);

/* Calls write with each key and value of what is set; together they make lines of at most NETWORK_LINE_SIZE bytes. */
void network_lease_write(
    const struct network_lease *lease, void (*write)(void *context, const char *key, const char *value), void *context);

#define NETWORK_LINE_SIZE (NETWORK_PATH_SIZE + 32u)

#endif
