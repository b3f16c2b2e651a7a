/* A bond's options, by their names in sysfs, which are dracut's (Documentation/networking/bonding.rst). */
#ifndef KINDLING_BOND_H
#define KINDLING_BOND_H

#include "contract/network_words.h"

/* The bond is there and has no parts. What the kernel does not take is reported. */
void bond_set_options(const struct network_bond *bond);

#endif
