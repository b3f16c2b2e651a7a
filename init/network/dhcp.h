/* A DHCP client for one card: RFC 2131 from INIT to BOUND. What comes after that is the root's own client's. */
#ifndef KINDLING_DHCP_H
#define KINDLING_DHCP_H

#include <stdint.h>

#include "contract/network_words.h"
#include "network/dhcp_message.h"

enum dhcp_state { DHCP_STOPPED, DHCP_SELECTING, DHCP_REQUESTING, DHCP_BOUND };

struct dhcp {
    int fd; /* a packet socket of the card's, unless stopped */
    enum dhcp_state state;
    uint8_t mac[NETWORK_MAC_BYTES];
    int index;
    const struct network_request *request; /* borrowed: host name and identifier of the client */
    uint32_t transaction;
    uint64_t started;          /* all as timing_now */
    uint64_t next;             /* when to send again */
    uint64_t longest_pause;    /* between two messages */
    unsigned tries;            /* messages since the state began */
    unsigned refusals;         /* DHCPNAKs */
    struct dhcp_reply offer;   /* the one that we ask for */
    struct dhcp_reply binding; /* once bound */
};

/* Begins, for that ip=; the card is up and has a link. Returns 0 or -errno. */
int dhcp_start(struct dhcp *dhcp, int index, const uint8_t mac[NETWORK_MAC_BYTES],
    const struct network_request *request, uint32_t longest_pause_seconds);
void dhcp_stop(struct dhcp *dhcp);

/* Sends what is due. */
void dhcp_tick(struct dhcp *dhcp);

/* Takes in what has come. */
void dhcp_receive(struct dhcp *dhcp);

#endif
