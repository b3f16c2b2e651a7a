/* Loading of kernel modules from the image: which, and in what order, says the plan (contract/load_plan.h). */
#ifndef KINDLING_MODULE_H
#define KINDLING_MODULE_H

#include <stdbool.h>
#include <stdint.h>

#include "contract/cmdline.h"
#include "contract/index.h"
#include "contract/load_plan.h"

struct module_loader {
    const struct index *index;     /* borrowed */
    const struct cmdline *cmdline; /* borrowed; parameters ("virtio_blk.queue_depth=8") and blacklists */
    struct load_plan plan;         /* its state is shared by all processes of this boot */
    uint32_t loading;              /* the module whose load has begun last */
    bool others_wait;   /* slow drivers are on their way: from then on the kernel probes in threads of its own */
    bool alone;         /* but this process has nothing else to do: a load ends when nothing is probed any more */
    bool others_load;   /* other processes have loaded modules before: what the kernel has is not inflated again */
    bool wrong_release; /* the image's modules are for another kernel: none is loaded */
};

/* Prepares the loader; says so when the modules belong to another kernel release. Returns 0 or -ENOMEM. */
int module_loader_open(struct module_loader *loader, const struct index *index, const struct cmdline *cmdline);

/* Loads module `number` and all that comes with it. What fails is logged, once. */
void module_load(struct module_loader *loader, uint32_t number);

/* Loads the module of this name, or all modules that have it as an alias and are not blacklisted. The name is taken
 * in any spelling. Returns how many were found. */
unsigned module_load_named(struct module_loader *loader, const char *name);

/* Loads the modules that the command line lists under key: LOAD_FIRST, LOAD_LAST. */
void module_load_asked_for(struct module_loader *loader, const char *key);

/* Loads what LOAD_FIRST= and then the image want loaded unasked. */
void module_autoload(struct module_loader *loader);

/* The modules that match a device's modalias, less those that are blacklisted or were tried already. */
struct module_match {
    const struct module_loader *loader;
    struct load_match match;
};

void module_match_begin(struct module_match *match, const struct module_loader *loader, const char *modalias);
/* True and the number of the next module. */
bool module_match_next(struct module_match *match, uint32_t *number);

#endif
