#include "network/neighbour.h"

#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>

#define OPTION_RDNSS 25 /* RFC 8106: type, length in units of eight bytes, two of nothing, a lifetime, addresses */
#define RDNSS_HEADER 8u

int neighbour_read_dns(const struct nlmsghdr *message, struct network_address *server)
{
    const struct nduseroptmsg *header = NLMSG_DATA(message);
    const uint8_t *options = (const uint8_t *)(header + 1);
    size_t left;

    if (message->nlmsg_len < NLMSG_LENGTH(sizeof(*header)) || header->nduseropt_family != AF_INET6)
        return 0;
    left = message->nlmsg_len - NLMSG_LENGTH(sizeof(*header));
    if (header->nduseropt_opts_len < left)
        left = header->nduseropt_opts_len;
    while (left >= 8 && options[1] > 0 && options[1] * 8u <= left) {
        size_t size = options[1] * 8u;

        if (options[0] == OPTION_RDNSS && size >= RDNSS_HEADER + sizeof(server->bytes)) {
            *server = (struct network_address){.family = NETWORK_IPV6};
            memcpy(server->bytes, options + RDNSS_HEADER, sizeof(server->bytes));
            return header->nduseropt_ifindex;
        }
        options += size;
        left -= size;
    }
    return 0;
}
