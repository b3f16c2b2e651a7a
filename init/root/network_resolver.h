/* resolv.conf(5), with the name servers of the network that is up. */
#ifndef KINDLING_NETWORK_RESOLVER_H
#define KINDLING_NETWORK_RESOLVER_H

#include "boot.h"

/* For musl's resolver. What is wrong is said, and no more. */
void network_resolver_set(const struct boot *boot);

/* A root that forgets whatever is written to it, and says nothing of name servers, has ours: as live-boot has it. What
 * a symbolic link points to is for those to fill who made it. */
void network_resolver_hand_over(const struct boot *boot);

#endif
