/*
 * What the kernel command line says of a network, in the kernel's words (Documentation/admin-guide/nfs/nfsroot.rst),
 * PXELINUX's (SYSAPPEND 1 and 2) and dracut's (dracut.cmdline(7)). Pure.
 */
#ifndef KINDLING_NETWORK_WORDS_H
#define KINDLING_NETWORK_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/cmdline.h"
#include "contract/network_address.h"
#include "contract/network_request.h"

#define NETWORK_WORDS_MAXIMUM 16u /* of ip=, and of each other word: a machine has fewer cards */
#define NETWORK_PORTS_MAXIMUM 8u

struct network_name {
    char name[NETWORK_NAME_SIZE];
    uint8_t mac[NETWORK_MAC_BYTES];
};

struct network_route {
    struct network_address destination;
    uint8_t prefix;
    struct network_address gateway;
    char card[NETWORK_NAME_SIZE]; /* "" for whichever reaches the gateway */
};

struct network_vlan {
    char name[NETWORK_NAME_SIZE];
    char below[NETWORK_NAME_SIZE];
    uint16_t id;
};

struct network_bond {
    char name[NETWORK_NAME_SIZE];
    char ports[NETWORK_PORTS_MAXIMUM][NETWORK_NAME_SIZE];
    size_t port_count;
    char options[128]; /* "mode=active-backup,miimon=100" */
    uint32_t mtu;
};

struct network_words {
    struct network_request requests[NETWORK_WORDS_MAXIMUM];
    size_t request_count;
    struct network_address dns[NETWORK_WORDS_MAXIMUM]; /* nameserver= */
    size_t dns_count;
    struct network_name names[NETWORK_WORDS_MAXIMUM]; /* ifname= */
    size_t name_count;
    struct network_route routes[NETWORK_WORDS_MAXIMUM]; /* rd.route= */
    size_t route_count;
    struct network_vlan vlans[NETWORK_WORDS_MAXIMUM]; /* vlan= */
    size_t vlan_count;
    struct network_bond bonds[NETWORK_WORDS_MAXIMUM]; /* bond= */
    size_t bond_count;
    struct network_card_ref boot_card; /* bootdev=, else BOOTIF=, unless rd.bootif=0 */
    bool is_needed;                    /* rd.neednet=1 */
    bool ignores_peer_dns;             /* rd.peerdns=0 */
    bool keeps_kernel_names;           /* net.ifnames=0 */
    uint32_t carrier_seconds;          /* rd.net.timeout.carrier=: until a card without a link is given up; 10 */
    uint32_t dhcp_seconds;             /* rd.net.timeout.dhcp=: the longest pause between two tries; 0: ours */
};

/* The first word that makes no sense. */
struct network_fault {
    const char *key;    /* NULL: there is none */
    const char *value;  /* "" where the word has none */
    const char *reason; /* a clause: "it has no address" */
};

/* Reads all words; one that makes no sense counts for nothing. */
void network_words_read(const struct cmdline *cmdline, struct network_words *words, struct network_fault *fault);

/* True for the key of a word that network_words_read reads. */
bool network_words_has(const char *key);

/* True for an ip= that has the card set up as the firmware did. */
bool network_words_is_ibft(const struct cmdline_word *word);

#endif
