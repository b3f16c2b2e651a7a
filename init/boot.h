/* The one boot that is going on: what its steps, in main.c's order, leave for each other. */
#ifndef KINDLING_BOOT_H
#define KINDLING_BOOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "contract/cmdline.h"
#include "contract/index.h"
#include "contract/live_words.h"
#include "contract/network_lease.h"
#include "device/devices.h"
#include "module/boot_options.h"
#include "module/module.h"
#include "storage/storage.h"

#define INIT_PATH_SIZE 4096u

struct boot {
    char **argv;    /* the kernel's, for the target's init */
    uint64_t start; /* when /init began: microseconds, as timing_now */
    struct index index;
    struct cmdline cmdline;
    struct boot_options options;
    struct module_loader modules;
    struct devices devices;
    struct storage storage;
    struct live_words live;     /* what the command line says of a live system */
    dev_t live_medium;          /* its device, once it is mounted; 0 for none */
    dev_t root;                 /* its device, looked up each time: events may replace the entry; 0 for none */
    bool console_is_due;        /* /dev/console is not yet what the command line names last */
    bool mounted_by_hand;       /* somebody at the shell has mounted the root */
    bool read_only;             /* the root is to be mounted read-only, whoever wants it so */
    bool is_volatile;           /* what is written to the root goes to memory */
    bool is_protected;          /* nothing is to be written to it: its check did not work, or the disk is protected */
    struct network_lease lease; /* of the network that came up first; without a card's name there is none */
    char next_init[INIT_PATH_SIZE]; /* the target's init, as it is called inside the new root */
};

#endif
