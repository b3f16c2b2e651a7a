/* The one set-up of this machine's network, as far as it has come. */
#ifndef KINDLING_NETWORK_SETUP_H
#define KINDLING_NETWORK_SETUP_H

#include <stdbool.h>
#include <stdint.h>

#include "network/card.h"
#include "network/requests.h"

struct setup {
    struct requests requests;
    struct cards cards;
    int events;                     /* a socket of rtnetlink's */
    int dhcp6;                      /* a socket of DHCPv6's, or -1 */
    int sysfs;                      /* "/sys" */
    const struct card *gateways[2]; /* whose is taken, for IPv4 and for IPv6; NULL: none is yet */
    bool may_give_up;               /* the boot goes on without a network */
    uint64_t started;               /* as timing_now */
};

#endif
