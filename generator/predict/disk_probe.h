/*
 * What /init will take a disk for, or a part of it: by /init's own probe, so that nothing is promised that /init does
 * not know. And what the very file system on it will ask the kernel for, which its superblock tells.
 */
#ifndef KINDLING_DISK_PROBE_H
#define KINDLING_DISK_PROBE_H

#include <stdbool.h>

#include "base/string_list.h"
#include "format/superblock.h"

/* fd: a block device or an image; offset and size in bytes. as: the one type that counts among file systems, or NULL
 * for all. Reads no more than /init does. Returns 0, -EINVAL for two claims (found->claims), or -errno when it cannot
 * be read. */
int disk_probe(int fd, uint64_t offset, uint64_t size, const char *as, struct superblock *found);

/* What the kernel does without the name that it asks for. */
enum disk_need {
    DISK_NEED_ALWAYS,   /* it does not mount */
    DISK_NEED_WRITABLE, /* it does not mount read-write */
    DISK_NEED_WISHED,   /* it mounts, and something of the file system is off */
    DISK_NEED_SOME,     /* some of the volumes that lie there cannot be activated */
    DISK_NEED_KINDS
};

/* Adds to each kind's list the names that the kernel will ask for when it mounts what disk_probe has found there,
 * or opens it, beyond those that it asks for whenever it mounts one of that type (modules.d/filesystems/). */
void disk_probe_needs(int fd, uint64_t offset, const char *type, struct string_list needs[DISK_NEED_KINDS]);

/* The same for the array that a member belongs to: its level (request_module in md_run, drivers/md/md.c). */
void disk_probe_array_needs(const struct superblock *found, struct string_list needs[DISK_NEED_KINDS]);

/* The same for the group of a physical volume of LVM: what its volumes are made of, which has to be there always when
 * none of them does without. checkers: the programs that lvm checks some of them with before, where it has them.
 * Returns what disk_probe_is_plain_lvm does. */
bool disk_probe_lvm_needs(
    int fd, uint64_t offset, struct string_list needs[DISK_NEED_KINDS], struct string_list *checkers);

/* True when what lies there is a physical volume of LVM, and its group one that /init needs no program for. */
bool disk_probe_is_plain_lvm(int fd, uint64_t offset);

#endif
