/* All that a kernel command line says of a root on the network, and of the disks from there. Pure. */
#ifndef KINDLING_NETWORK_ROOTS_H
#define KINDLING_NETWORK_ROOTS_H

#include <stdbool.h>
#include <stddef.h>

#include "contract/cmdline.h"
#include "contract/network_root.h"

struct network_roots {
    struct network_root root; /* its file system is the server's, or DHCP tells it; else of kind NETWORK_ROOT_NONE */
    struct network_root *disks;
    size_t disk_count;
    size_t named;      /* disks[named] is the root itself; disk_count for none: root= names what lies on one of them */
    const char *wrong; /* the key of the first word that says nothing that can be followed: "netroot"; or NULL */
    const char *value; /* and its value, as it stands in the command line */
    char **texts;      /* owned: copies of values, which the strings point into */
    size_t text_count;
};

/*
 * Reads root=, netroot=, nfsroot=, boot=nfs, nbdroot=, aoe=, rd.nvmf.discover=, rd.iscsi.* and Debian's ISCSI_*, under
 * each name that they have. Strings point into *roots and into the command line. Returns 0 or -ENOMEM. Free with
 * network_roots_free.
 */
int network_roots_read(const struct cmdline *cmdline, struct network_roots *roots);

/* Takes in what a DHCP server's root-path says, where root= leaves it to that. Returns 0, -ENOMEM, or -EINVAL when it
 * is no form of a root. */
int network_roots_add_path(struct network_roots *roots, const struct cmdline *cmdline, const char *path);

void network_roots_free(struct network_roots *roots);

/* True when there is anything. */
bool network_roots_are_wanted(const struct network_roots *roots);

#endif
