/*
 * Loading of kernel modules from the image, in the order that the index gives. There is no dependency graph here.
 */
#ifndef KINDLING_MODULE_H
#define KINDLING_MODULE_H

#include <stdbool.h>
#include <stdint.h>

#include "contract/cmdline.h"
#include "contract/index.h"

struct module_loader {
    const struct index *index;     /* borrowed */
    const struct cmdline *cmdline; /* borrowed; parameters ("virtio_blk.queue_depth=8") and blacklists */
    uint8_t *state;                /* owned; an enum module_state for each module */
    bool others_wait;   /* slow drivers are on their way: from then on the kernel probes in threads of its own */
    bool alone;         /* but this process has nothing else to do: a load ends when nothing is probed any more */
    bool wrong_release; /* the image's modules are for another kernel: none is loaded */
};

/* Prepares the loader; says so when the modules belong to another kernel release. Returns 0 or -ENOMEM. */
int module_loader_open(struct module_loader *loader, const struct index *index, const struct cmdline *cmdline);

/* By the command line. */
bool module_is_blacklisted(const struct module_loader *loader, uint32_t number);

/* Loads module `number` and all that the index says comes with it. What fails is logged. Returns 0 or the -errno of
 * the module itself; one that is loaded already is success. */
int module_load(struct module_loader *loader, uint32_t number);

/* Loads the module of this name, or all modules that have it as an alias and are not blacklisted. The name is taken
 * in any spelling. Returns how many were found. */
unsigned module_load_named(struct module_loader *loader, const char *name);

/* Loads the modules that the command line lists under key: rd.driver.pre, rd.driver.post. */
void module_load_asked_for(struct module_loader *loader, const char *key);

/* Loads what rd.driver.pre= and then the image want loaded unasked. */
void module_autoload(struct module_loader *loader);

/* A modalias comes in a uevent, whose environment has 2 KiB. */
#define MODULE_NAME_SIZE 2048u

/* The modules that match a device's modalias, less those that are blacklisted or were tried already. */
struct module_match {
    const struct module_loader *loader;
    struct index_match aliases;
    char name[MODULE_NAME_SIZE];
};

void module_match_begin(struct module_match *match, const struct module_loader *loader, const char *modalias);
/* True and the number of the next module. */
bool module_match_next(struct module_match *match, uint32_t *number);

#endif
