/* A root on the network, for those that ask what the others need not know. */
#ifndef KINDLING_ROOT_NETWORK_ROOT_H
#define KINDLING_ROOT_NETWORK_ROOT_H

#include "boot.h"

/* True when the root, or a disk that it may lie on, is on the network. */
bool network_root_is_wanted(const struct boot *boot);

/* True when a disk is one of the targets that the firmware tells of. */
bool network_root_has_ibft(const struct boot *boot);

/* At the hand-over: ends what was still trying to reach a server. */
void network_root_hand_over(void);

#endif
