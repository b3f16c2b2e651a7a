/* A DHCPv6 client for one card: RFC 8415 from SOLICIT to REPLY, with the first server that has an address. What comes
 * after that is the root's own client's. */
#ifndef KINDLING_DHCP6_H
#define KINDLING_DHCP6_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "network/dhcp6_message.h"

enum dhcp6_state { DHCP6_STOPPED, DHCP6_SELECTING, DHCP6_REQUESTING, DHCP6_BOUND };

struct dhcp6 {
    int fd; /* borrowed: the socket of all cards */
    enum dhcp6_state state;
    uint8_t mac[NETWORK_MAC_BYTES];
    int index;
    uint32_t transaction;
    uint64_t started;           /* all as timing_now */
    uint64_t next;              /* when to send again */
    uint64_t longest_pause;     /* between two messages */
    unsigned tries;             /* messages since the state began */
    bool is_refused;            /* a server has answered that it has no address */
    struct dhcp6_reply offer;   /* the one that we ask for */
    struct dhcp6_reply binding; /* once bound */
};

/* The socket for all cards; it takes the right to bind a port of the system's. Returns a descriptor that does not
 * block, or -errno. */
int dhcp6_open(void);

/* Begins; the card has an address of its link's own, which it asks from. */
void dhcp6_start(
    struct dhcp6 *dhcp, int fd, int index, const uint8_t mac[NETWORK_MAC_BYTES], uint32_t longest_pause_seconds);
void dhcp6_stop(struct dhcp6 *dhcp);

/* Another host has the address that it came to: the server is told so, and asked for another. */
void dhcp6_decline(struct dhcp6 *dhcp);

/* Sends what is due. */
void dhcp6_tick(struct dhcp6 *dhcp);

/* Takes in a message that has come to the card. */
void dhcp6_take(struct dhcp6 *dhcp, const uint8_t *message, size_t size);

/* Reads a message from the socket. Returns its size, and the number of the card that it came by, or -errno. */
#define DHCP6_RECEIVE_SIZE 2048u
ssize_t dhcp6_receive(int fd, uint8_t message[DHCP6_RECEIVE_SIZE], int *index);

#endif
