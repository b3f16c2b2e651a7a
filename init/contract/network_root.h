/*
 * Where on the network a root, or a disk that it lies on, is to be found, in the forms that people write: the kernel's
 * nfsroot= (Documentation/admin-guide/nfs/nfsroot.rst), dracut's root= and netroot= (dracut.cmdline(7)), RFC 4173's for
 * iSCSI, Debian's nbdroot=, the NBD project's URLs, and the root-path of a DHCP server. Pure.
 */
#ifndef KINDLING_NETWORK_ROOT_H
#define KINDLING_NETWORK_ROOT_H

#include <stdbool.h>

enum network_root_kind {
    NETWORK_ROOT_NONE,
    NETWORK_ROOT_DHCP, /* what the DHCP server's root-path says */
    NETWORK_ROOT_NFS,
    NETWORK_ROOT_HTTP, /* of a live system, whose words are live_words.h's: it is fetched */
    NETWORK_ROOT_NBD,  /* from here on it is a disk that comes over the network */
    NETWORK_ROOT_ISCSI,
    NETWORK_ROOT_IBFT, /* the iSCSI targets that the firmware tells of */
    NETWORK_ROOT_NVME_TCP,
    NETWORK_ROOT_AOE,
};

/* A string is "" for what was not told; all point into the text that was read. */
struct network_root {
    enum network_root_kind kind;
    const char *server;  /* a name, or an address without brackets */
    const char *port;    /* in decimal, 1 to 65535 */
    const char *path;    /* NFS: what is mounted; NBD: the export; iSCSI: the target; NVMe: the NQN; AoE: "e0.0" */
    const char *options; /* of the mount; NBD: of the root's mount */
    const char *type;    /* NBD: of the root's file system */
    const char *device;  /* NBD: which one it becomes: "nbd1" */
    const char *lun;     /* iSCSI, in decimal */
    const char *user;    /* iSCSI: CHAP */
    const char *password;
    const char *user_in; /* iSCSI: what the target has to prove */
    const char *password_in;
    bool only_v4; /* NFS */
};

/* Reads the value of root= or netroot=, which it cuts up. Returns 0; -ENOENT when it is no form of a root on the
 * network, and is left as it was; -EINVAL when it begins as one and goes on as none. */
int network_root_parse(char *text, struct network_root *root);

/* The same for a DHCP server's root-path, where a path alone is NFS's, on a server that others name. */
int network_root_parse_path(char *text, struct network_root *root);

/* Reads nfsroot=[SERVER:]PATH[,OPTIONS]; "auto" is as if it were not there. Returns 0 or -EINVAL. */
int network_root_parse_nfsroot(char *text, struct network_root *root);

/* Reads nbdroot=SERVER,EXPORT[,nbdN], SERVER:PORT/EXPORT, SERVER/EXPORT or SERVER:PORT. Returns 0 or -EINVAL. */
int network_root_parse_nbdroot(char *text, struct network_root *root);

/* Reads one name of aoe=: "e0.1". Returns 0 or -EINVAL. */
int network_root_parse_aoe(char *text, struct network_root *root);

/* Reads rd.nvmf.discover=tcp,ADDRESS[,OWN-ADDRESS[,PORT]]: a disk of no name, of those that are told of there. Returns
 * 0 or -EINVAL. */
int network_root_parse_discovery(char *text, struct network_root *root);

/* True when it is a disk: the root, or what it lies on. */
bool network_root_is_disk(enum network_root_kind kind);

/* The port of a disk's server: the one that was told, else IANA's for the protocol. "" where no server is found by an
 * address. */
const char *network_root_port(const struct network_root *root);

/* As the kernel's modules and our features call it: "nfs", "nbd", "iscsi", "nvme-tcp", "aoe"; else "network".
 */
const char *network_root_feature(enum network_root_kind kind);

#endif
