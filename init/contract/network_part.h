/* A part of a word about the network, between two of its colons. Pure. */
#ifndef KINDLING_NETWORK_PART_H
#define KINDLING_NETWORK_PART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "contract/network_address.h"

#define NETWORK_PARTS_MAXIMUM 20u

struct network_part {
    const char *text; /* of the word; no NUL ends it */
    size_t length;
};

/* Cuts at the colons outside of brackets. Returns how many parts there are, or 0 where there are too many. */
size_t network_parts_cut(const char *value, struct network_part parts[NETWORK_PARTS_MAXIMUM]);

bool network_part_is(const struct network_part *part, const char *word);

/* True for digits alone, one at least. */
bool network_part_is_number(const struct network_part *part);

/* Returns 0, or -EINVAL for what is no number, or a larger one than most. */
int network_part_to_number(const struct network_part *part, uint32_t most, uint32_t *number);

/* The name of a card. */
bool network_part_to_name(const struct network_part *part, char name[NETWORK_NAME_SIZE]);

/* An address that may be left out. */
bool network_part_to_address(const struct network_part *part, struct network_address *address);

/* An MTU of IPv4's, 68 to 65535, that may be left out. */
bool network_part_to_mtu(const struct network_part *part, uint32_t *mtu);

#endif
