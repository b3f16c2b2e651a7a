/*
 * A network before the root. A child of few rights sets it up (init/network/), and tells /init in lines of a pipe what
 * came of it; nothing that a server says is ever run. The drivers of network cards are loaded only then.
 */
#ifndef KINDLING_ROOT_NETWORK_H
#define KINDLING_ROOT_NETWORK_H

#include "boot.h"
#include "contract/network_address.h"

/* Warns of the first word about a network that makes no sense, if there is any. A local boot goes on without it. */
void network_check_words(const struct boot *boot);

/*
 * Waits until one of the cards has an address, for as long as a root is waited for (rd.timeout=, rootwait), while
 * devices go on to be found; at once when there is a network already. boot->lease is the one that came first. Returns
 * 0, or a -errno after the failure was noted.
 */
int network_bring_up(struct boot *boot);

/* The address of a host by its name, or by an address as text, asked of the name servers of the network, which is up.
 * Returns 0, or a -errno after the failure was noted. */
int network_resolve(struct boot *boot, const char *name, struct network_address *address);

/*
 * Downloads a file by HTTP, over a network that is brought up if there is none, for as long as it goes on: a server
 * that says nothing for as long as a root is waited for ends it. Where the command line has kindling.sha256=, the file
 * is compared with that. Returns 0, or a -errno after the failure was noted.
 */
int network_fetch(struct boot *boot, const char *url, const char *path);

/* The network as the root's init is to find it: what has come up is written down below /run, and the child ends; the
 * cards stay as they are. */
void network_hand_over(struct boot *boot);

/* rd.neednet=1 with a local root: a failure is said, and no more. Returns 0. */
int step_network(struct boot *boot);

#endif
