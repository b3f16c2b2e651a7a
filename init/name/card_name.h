/*
 * The name that udev will give to a network card (systemd.net-naming-scheme(7), v252 with the order of 99-default.link:
 * onboard, slot, path, and by Debian's rule the address for one on USB). A card that is up keeps its name, and the
 * root's configuration is for that name; so it is given before the card is used.
 */
#ifndef KINDLING_CARD_NAME_H
#define KINDLING_CARD_NAME_H

#include <stdbool.h>

#include "contract/network_address.h"

/* sysfs: a descriptor of /sys or of a tree like it. False when the card is to keep the kernel's name. */
bool card_name_find(int sysfs, const char *kernel_name, char name[NETWORK_NAME_SIZE]);

/* True for a card that is not on a wire. */
bool card_is_wireless(int sysfs, const char *kernel_name);

#endif
