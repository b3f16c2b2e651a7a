/* What the command line asks for, which card is to have it, and what of it is done. */
#ifndef KINDLING_NETWORK_REQUESTS_H
#define KINDLING_NETWORK_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>

#include "contract/network_words.h"
#include "network/card.h"

/* What an ip= has come to. */
struct progress {
    const struct card *taken; /* by the card that has what was asked of any, or NULL */
    unsigned done;            /* of enum network_method */
};

struct requests {
    struct network_words words;
    struct progress progress[NETWORK_WORDS_MAXIMUM]; /* of words.requests */
};

/* Reads words as they stand on a kernel command line, up to NULL, which it cuts up; without an ip= all cards ask by
 * DHCP. Returns 0 or -ENOMEM. */
int requests_read(struct requests *requests, char **arguments);

/* True when the ip= of that number is for the card, and no other has taken it. */
bool requests_is_for(const struct requests *requests, size_t number, const struct card *card);

/* True when any of them is. */
bool requests_want(const struct requests *requests, const struct card *card);

/* True when the ip= of that number names no card. */
bool requests_is_any(const struct requests *requests, size_t number);

/* True when the method is among those of any ip=. */
bool requests_have(const struct requests *requests, enum network_method method);

/* True for a card that has an ip= of its own, or that bootdev= or BOOTIF= tell. */
bool requests_name(const struct requests *requests, const struct card *card);

/* True for a card that a vlan= or a bond= makes. */
bool requests_make(const struct requests *requests, const struct card *card);

/* The bond that the card is a part of, or NULL. */
const struct network_bond *requests_bond_of(const struct requests *requests, const struct card *card);

/* The card of an ip= without one, where the firmware or bootdev= tell it; else true for each. */
bool requests_is_boot_card(const struct requests *requests, const struct card *card);

/* The card that is waited for by name, or one that requests_is_no_card. */
const struct network_card_ref *requests_card_awaited(const struct requests *requests);
bool requests_is_no_card(const struct network_card_ref *ref);

/* True when any ip= is done. */
bool requests_are_begun(const struct requests *requests);

/* The card is gone: what it had taken is open again. */
void requests_forget(struct requests *requests, const struct card *card);

#endif
