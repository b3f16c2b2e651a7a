/* A card before it has an address: its name, what is made of it, what its hardware is told. What fails is said. */
#ifndef KINDLING_NETWORK_PREPARE_H
#define KINDLING_NETWORK_PREPARE_H

#include "network/setup.h"

/* Once for each card, when it has come. One that is wanted is up afterwards. */
void prepare_card(struct setup *setup, struct card *card);

/* Makes the bonds, while this process still may: root alone writes their options, and before they have parts. */
void prepare_bonds(const struct setup *setup);

#endif
