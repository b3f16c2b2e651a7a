/* Disks that come over a network. What a kind of them takes is a file of its own, and a row of the table in
 * network_root.c. */
#ifndef KINDLING_NETWORK_DISK_H
#define KINDLING_NETWORK_DISK_H

#include "contract/network_address.h"
#include "contract/network_root.h"
#include "root/network_task.h"
#include "system/sysfs.h"

#define NETWORK_DISK_PATH_SIZE 64u
#define ISCSISTART "/sbin/iscsistart"

struct network_disk {
    const struct network_root *wanted;
    char name[512]; /* for sentences: "the NBD export root of 10.0.2.2:10809, from eth0 (10.0.2.15)" */
    struct network_address server;
    unsigned index; /* NBD: which /dev/nbd it becomes */
};

/* True for the disk that is wanted; directory: its own in sysfs, which may be written over. */
typedef bool network_disk_test(int sysfs, char directory[SYSFS_PATH_SIZE], const void *wanted);

/* The kernel reads a disk in its own time, and its driver is loaded by process 1, which goes on meanwhile: looks for it
 * until it is there, or until a server has had the time for an answer. path: filled in with "/dev/NAME". */
bool network_disk_await(network_disk_test *is_it, const void *wanted, char path[NETWORK_DISK_PATH_SIZE]);

/* Tries, in a child, to make the disk: network_try, with a struct network_disk as its context. */
void nbd_attach(struct boot *boot, const void *context, struct network_answer *answer);
void iscsi_attach(struct boot *boot, const void *context, struct network_answer *answer);
void ibft_attach(struct boot *boot, const void *context, struct network_answer *answer);
void nvme_tcp_attach(struct boot *boot, const void *context, struct network_answer *answer);
void aoe_attach(struct boot *boot, const void *context, struct network_answer *answer);

#endif
