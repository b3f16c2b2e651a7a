/* A root that is a directory of an NFS server's, by mount(2) alone: the kernel speaks with portmap and MOUNT by itself
 * (fs/nfs/fs_context.c). */
#ifndef KINDLING_NFS_H
#define KINDLING_NFS_H

#include "contract/network_address.h"
#include "contract/network_root.h"
#include "root/mount_options.h"
#include "root/network_task.h"

#define NETWORK_ROOT_PATH_SIZE 1024u /* NFS_MAXPATHLEN */
#define NFS_SOURCE_SIZE (NETWORK_ROOT_PATH_SIZE + 256u)

struct nfs_mount {
    const struct network_root *wanted;
    const char *path; /* on the server */
    struct network_address server;
    struct mount_options options;
    const char *client; /* for sentences: "eth0 (10.0.2.15)" */
};

/* network_try, with a struct nfs_mount as its context: mounts it at IMAGE_ROOT_PATH, by the newest version of the
 * protocol that both sides have, or the one that the options name. */
void nfs_mount_try(struct boot *boot, const void *context, struct network_answer *answer);

/* Puts the path together: "%s" stands for this machine's name or address, and "" for /tftpboot/%s (nfsroot.rst).
 * Returns 0 or -ENAMETOOLONG. Pure. */
int nfs_path_expand(const char *path, const char *client, char *out, size_t size);

/* "SERVER:PATH", for people: the address that is mounted from is in the data. Returns 0 or -ENAMETOOLONG. Pure. */
int nfs_source(const struct nfs_mount *nfs, char source[NFS_SOURCE_SIZE]);

/* The data of mount(2) for a version, "4.2" or NULL for what the options say. Returns 0 or -E2BIG. Pure. */
int nfs_mount_data(const struct nfs_mount *nfs, const char *version, char data[MOUNT_DATA_SIZE]);

#endif
