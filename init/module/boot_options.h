/*
 * The options of the kernel command line that /init heeds, under the kernel's, dracut's and initramfs-tools' names
 * (kernel-parameters.txt, dracut.cmdline(7), initramfs-tools(7)). The last word wins.
 */
#ifndef KINDLING_BOOT_OPTIONS_H
#define KINDLING_BOOT_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "contract/cmdline.h"

/* Where a boot pauses for a shell, rd.break= and break=, in the boot's order; each is a bit of break_at. */
enum break_point {
    BREAK_NONE = 0,
    BREAK_MODULES = 1,    /* the command line is read */
    BREAK_DEVICES = 2,    /* modules are loaded unasked */
    BREAK_ROOT = 4,       /* the devices that are there already are known */
    BREAK_CHECK = 8,      /* the root's device is there */
    BREAK_MOUNT = 16,     /* it is checked */
    BREAK_INIT = 32,      /* the root is mounted */
    BREAK_HAND_OVER = 64, /* its init is found */
};

/* rd.settle=: what is awaited before a root is taken by a name that another device may have too. */
enum settling {
    SETTLE_DISKS, /* quick buses, and slow ones unless the firmware knows of no disk there */
    SETTLE_QUICK,
    SETTLE_ALL,
};

#define BOOT_TIMEOUT_NEVER UINT64_MAX
#define BOOT_TIMEOUT_LONGEST 1000000000u /* 30 years; longer is never */

struct boot_options {
    const char *root;         /* root=; "" when it was not given */
    const char *rootfallback; /* taken when the root never comes; NULL when it was not given */
    const char *rootfstype;   /* NULL when it was not given */
    const char *rootflags;    /* "" when they were not given */
    const char *usr;          /* mount.usr=, mount.usrfstype=, mount.usrflags=; NULL when they were not given */
    const char *usrfstype;
    const char *usrflags;
    const char *overlay;    /* rd.overlay=: the device that takes what is written, "" for memory; NULL for no overlay */
    const char *init;       /* NULL when it was not given */
    bool writable;          /* rw */
    uint64_t rootdelay;     /* seconds; timeout is at least as long */
    uint64_t timeout;       /* seconds to wait for the root, or BOOT_TIMEOUT_NEVER: rd.timeout=, rd.retry=, rootwait */
    enum settling settling; /* rd.settle= */
    bool shell;             /* rd.shell, rd.emergency=shell: a shell when the boot fails */
    bool shell_refused;     /* rd.shell=0: never a shell, nor at a break point */
    bool panic;             /* panic=: the same, as initramfs-tools has it */
    const char *resume;     /* resume=; NULL when it was not given */
    uint64_t resume_offset; /* pages from the device's beginning to a swap file's header */
    bool noresume;
    unsigned break_at;      /* of enum break_point */
    int emergency;          /* rd.emergency=: the command for reboot(2), or 0 for the kernel's panic */
    bool skip_fsck;         /* fsck.mode=skip, fastboot, rd.skipfsck */
    bool force_fsck;        /* fsck.mode=force, forcefsck */
    const char *repair;     /* fsck.repair=: "preen" (default), "yes" or "no" */
    bool grow_root;         /* kindling.growroot: its partition and its file system are to fill the disk */
    bool detach_mounts;     /* kindling.handover=detach: the root mounts /dev, /proc and /sys itself */
    bool keep_shutdown;     /* kindling.shutdown: the root is to be taken down from outside */
    uint64_t uevent_buffer; /* kindling.uevent_buffer: bytes for device events that wait to be read */
    bool no_lvm;            /* rd.lvm=0 */
    bool no_md;             /* rd.md=0 */
    bool no_md_config;      /* rd.md.conf=0: mdadm.conf is not heeded */
    bool no_isw;            /* rd.md.imsm=0, noiswmd: no disk is one of Intel's RAID */
    bool multipath;         /* rd.multipath, which the feature bakes in; multipath=off, nompath: no disk is a path */
    bool no_ddf;            /* rd.md.ddf=0 */
    uint64_t md_degraded;   /* rd.md.degraded=: seconds of quiet until an array starts without all its members, or
                             * BOOT_TIMEOUT_NEVER */
    bool no_dm;             /* rd.dm=0, nodmraid: no disk is of a RAID of dmraid's */
    uint64_t dm_degraded;   /* rd.dm.degraded=: the same for a mirror of the firmware's; never by itself */
    bool verbose;           /* rd.info */
    bool debug;             /* rd.debug, debug */
};

/* Reads the words in order into *options, whose strings then point into cmdline. Returns NULL, or the key of
 * the first option whose value makes no sense (its default stays in force). */
const char *boot_options_read(const struct cmdline *cmdline, struct boot_options *options);

#endif
