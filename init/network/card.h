/* The cards that there are, as the kernel tells of them. */
#ifndef KINDLING_CARD_H
#define KINDLING_CARD_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/network_words.h"
#include "network/dhcp.h"
#include "network/dhcp6.h"

struct card {
    int index;
    char name[NETWORK_NAME_SIZE];
    char first_name[NETWORK_NAME_SIZE]; /* what the kernel called it first */
    uint8_t mac[NETWORK_MAC_BYTES];
    bool is_ethernet;
    bool is_made; /* of software: a VLAN, a bond, a bridge */
    bool has_link;
    bool is_wanted;   /* it is to get an address */
    bool is_prepared; /* named, and up if it is wanted */
    bool is_port;     /* of a bond, or what a VLAN is on: it gets no address unless it is named */
    struct dhcp dhcp;
    struct dhcp6 dhcp6;
    bool has_own_address6;       /* its link's own, which nobody else has */
    struct network_address dns6; /* that a router has told of */
    uint64_t linked;             /* when it first had a link, as timing_now */
};

struct cards {
    struct card **items; /* owned */
    size_t count;
};

/* Takes in RTM_NEWLINK or RTM_DELLINK. Returns the card, or NULL for none that is left. */
struct card *cards_take(struct cards *cards, const struct nlmsghdr *message);

/* By its name, or by the one that the kernel gave it first. */
bool card_is_called(const struct card *card, const char *name);

struct card *cards_find(const struct cards *cards, int index);
struct card *cards_find_name(const struct cards *cards, const char *name);

#endif
