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

#endif
