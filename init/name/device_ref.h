/*
 * What root= (and resume=, mount.usr=) names: parsed once, then matched against each device that appears.
 * Forms: the kernel's (Documentation/admin-guide/kernel-parameters.txt, "root="; block/early-lookup.c) and
 * udev's /dev/disk/by-*.
 */
#ifndef KINDLING_DEVICE_REF_H
#define KINDLING_DEVICE_REF_H

#include <stdbool.h>
#include <sys/types.h>

#include "format/partition.h"
#include "format/superblock.h"

enum device_ref_kind {
    DEVICE_REF_PATH,      /* /dev/NAME: value is NAME as in the kernel's DEVNAME ("vda2", "cciss/c0d0p1"), or a mapped
                           * device's name ("mapper/root", "vg0/root") */
    DEVICE_REF_NUMBER,    /* 8:1, 8:1:0, or hex 0801 / 0x801 (the kernel's new_decode_dev) */
    DEVICE_REF_UUID,      /* UUID=, /dev/disk/by-uuid/ */
    DEVICE_REF_LABEL,     /* LABEL=, /dev/disk/by-label/ */
    DEVICE_REF_PARTUUID,  /* PARTUUID=, /dev/disk/by-partuuid/ */
    DEVICE_REF_PARTLABEL, /* PARTLABEL=, /dev/disk/by-partlabel/ */
    DEVICE_REF_ID,        /* /dev/disk/by-id/, WWID=: value is the link's name */
    DEVICE_REF_BUS_PATH,  /* /dev/disk/by-path/, HWPATH=: value is the link's name */
    DEVICE_REF_GPT_AUTO   /* nothing was named (or "gpt-auto"): the GPT's own root-type partition */
};

#define DEVICE_REF_VALUE_SIZE 1024u

struct device_ref {
    enum device_ref_kind kind;
    char value[DEVICE_REF_VALUE_SIZE]; /* decoded: \x20 and the like resolved, quotes removed */
    dev_t number;                      /* DEVICE_REF_NUMBER */
    int partition_offset;              /* PARTUUID=.../PARTNROFF=n: that many partitions further, else 0 */
};

/* What is known of one block device. */
struct device_identity {
    const char *name; /* the kernel's DEVNAME without /dev/: "vda2" */
    dev_t number;
    const struct superblock *superblock; /* NULL when it was not read */
    const struct partition *partition;   /* NULL for a whole disk or when unknown */
    const char *const *links;            /* other names below /dev/: "disk/by-id/...", NULL-terminated; may be NULL */
};

/* spec: the value of root=; quotes around all of it or around the part after "=" are removed. Returns 0; -EINVAL for
 * a form that is not a block device's (nfs, 9p tags, mtd); -ENAMETOOLONG. A spec of "" gives DEVICE_REF_GPT_AUTO. */
int device_ref_parse(const char *spec, struct device_ref *ref);

/* True when the identity is what ref names. UUIDs are compared without regard to case, all else byte by byte. As in
 * udev, a member of a stack (md, LVM2, an ext journal) has no UUID or LABEL of its own here.
 * For a ref with a partition_offset it is true for the partition that has the UUID; the caller moves on from there. */
bool device_ref_matches(const struct device_ref *ref, const struct device_identity *identity);

/* Which parts of an identity a match needs, so that nothing is read in vain. */
bool device_ref_needs_superblock(const struct device_ref *ref);
bool device_ref_needs_partition(const struct device_ref *ref);

#endif
