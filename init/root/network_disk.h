/* Disks that come over a network. What a kind of them takes is a file of its own, and a row of the table in
 * network_root.c. */
#ifndef KINDLING_NETWORK_DISK_H
#define KINDLING_NETWORK_DISK_H

#include "contract/network_address.h"
#include "contract/network_root.h"
#include "root/network_task.h"

#define ISCSISTART "/sbin/iscsistart"

struct network_disk {
    const struct network_root *wanted;
    char name[512]; /* for sentences: "the NBD export root of 10.0.2.2:10809, from eth0 (10.0.2.15)" */
    struct network_address server;
    unsigned index; /* NBD: which /dev/nbd it becomes */
};

/* Tries, in a child, to make the disk: network_try, with a struct network_disk as its context. */
void nbd_attach(struct boot *boot, const void *context, struct network_answer *answer);
void iscsi_attach(struct boot *boot, const void *context, struct network_answer *answer);
void ibft_attach(struct boot *boot, const void *context, struct network_answer *answer);
void nvme_tcp_attach(struct boot *boot, const void *context, struct network_answer *answer);
void aoe_attach(struct boot *boot, const void *context, struct network_answer *answer);

#endif
