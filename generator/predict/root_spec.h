/* What a root is, by the word that names it: a device of this host, or the image of a disk. The only file that knows
 * libblkid: it finds this host's device by UUID= and the like, and the partitions of an image, which the kernel will
 * find at the boot. What lies on either, /init's own probe tells (disk_probe.h). */
#ifndef KINDLING_ROOT_SPEC_H
#define KINDLING_ROOT_SPEC_H

#include "contract/network_root.h"
#include "predict/disk_probe.h"
#include "predict/live_medium.h"

struct root_spec {
    char *device;             /* of this host: "/dev/sda2"; NULL: a disk image's */
    struct string_list types; /* what it may be mounted as, as blkid(8) spells it: "ext4", "crypto_LUKS"; one will do */
    struct string_list needs[DISK_NEED_KINDS];
    struct string_list checkers; /* programs that lvm checks volumes with, if it has them */
    struct string_list beside;   /* of the other disks that were named: what /init has to make something of as well */
    char *array;           /* the UUID of the array or file system of several disks that the disk is of; else NULL */
    uint32_t disks_wanted; /* how many of them it takes at the least, 1 for a disk of its own */
    struct live_medium medium;      /* where the root is an image on it; else without images */
    enum network_root_kind network; /* it is on the network, or on a disk from there; NETWORK_ROOT_NONE: on a disk of
                                     * the machine's own */
    bool log_elsewhere;             /* an xfs whose log lies on a device of its own */
    bool is_plain_lvm;              /* its layer, LVM, needs no program (disk_probe.h) */
    char *refusal; /* the sentence why /init will not mount what lies there, whatever is in the image; else NULL */
};

/*
 * spec: root= as on the kernel command line (UUID=, LABEL=, PARTUUID=, PARTLABEL=, a path below /dev), or the path of a
 * disk image, of which the one file system that is not FAT is meant, or several of either with commas, which make one
 * root together; NULL: this host's own root. said: the types of rootfstype=, none if it is empty; they decide where
 * /init lets them, and where nobody can look. Logs. Returns 0 or -errno. root_spec_free in both cases.
 */
int root_spec_find(struct root_spec *root, const char *spec, const struct string_list *said);
void root_spec_free(struct root_spec *root);

#endif
