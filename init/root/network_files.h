/* What a network before the root leaves below /run, for the root's own programs to find. */
#ifndef KINDLING_NETWORK_FILES_H
#define KINDLING_NETWORK_FILES_H

#include <stdbool.h>

#include "contract/network_lease.h"

/*
 * /run/net-CARD.conf as klibc's ipconfig writes it (net6-CARD.conf for IPv6), which cloud-init, live-config, LTSP and
 * open-iscsi read. With has_root, also what makes networkd and NetworkManager leave the card's configuration as it is,
 * for the root is behind it. What cannot be written is logged. run: "/run".
 */
void network_files_write(const char *run, const struct network_lease *lease, bool has_root);

#endif
