/* The one boot that is going on: what its steps, in main.c's order, leave for each other. */
#ifndef KINDLING_BOOT_H
#define KINDLING_BOOT_H

#include <stdbool.h>

#include "contract/cmdline.h"
#include "contract/index.h"
#include "device/devices.h"
#include "module/boot_options.h"
#include "module/module.h"
#include "name/device_ref.h"
#include "root/mount_options.h"

#define INIT_PATH_SIZE 4096u

struct boot {
    char **argv; /* the kernel's, for the target's init */
    struct index index;
    struct cmdline cmdline;
    struct boot_options options;
    struct module_loader modules;
    struct devices devices;
    struct device_ref root_ref;
    /* No event is taken in once this is set, so that it stays valid; device_find.c, which does, seeks it again, and
     * after a shell main.c has it found again. */
    struct block_device *root;      /* one of devices.blocks; NULL until it is found */
    bool mounted_by_hand;           /* somebody at the shell has mounted the root */
    bool read_only;                 /* the root is to be mounted read-only, whoever wants it so */
    char next_init[INIT_PATH_SIZE]; /* the target's init, as it is called inside the new root */
};

/* True when the root is a directory that the host shares (rootfstype=9p or virtiofs), and root= its tag. */
bool boot_root_is_shared(const struct boot *boot);

/* Mounts such a root, waiting for its device. Returns 0, or a -errno after it noted the failure. */
int shared_root_mount(struct boot *boot, const struct mount_options *options);

/* The steps. Each returns 0, or a -errno after it noted the failure (failure.h). */
int root_find(struct boot *boot); /* unless it is found already */
int resume_try(struct boot *boot);
int root_check(struct boot *boot);
int root_mount(struct boot *boot);
int overlay_mount(struct boot *boot);
int usr_mount(struct boot *boot);
int next_init_find(struct boot *boot);
int switch_root(struct boot *boot);

#endif
