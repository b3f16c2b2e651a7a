/* Which of a kernel's modules go into an image: what is wanted, and all that this needs, each with its reason. */
#ifndef KINDLING_SELECTION_H
#define KINDLING_SELECTION_H

#include <stdint.h>

#include "feature/wanted.h"
#include "kernel/kernel_tree.h"

struct selected_module {
    const struct kernel_module *module;
    char *origin; /* "modules.d/virtio:3", or "needed by virtio_blk (modules.d/virtio:3)" */
    struct module_list steps;
    uint32_t flags; /* MODULE_LATE, MODULE_LAST, MODULE_NETWORK */
};

struct selection {
    struct selected_module *items; /* sorted by name */
    size_t count;
    struct module_list autoload;
};

/* Logs; what this kernel lacks is a note, unless it was required. 0 or -errno. selection_free in both cases. */
int selection_make(struct selection *selection, const struct kernel_tree *tree, const struct wanted *wanted);
/* The item number of a module; false when it is not selected. */
bool selection_find(const struct selection *selection, const struct kernel_module *module, size_t *number);
void selection_free(struct selection *selection);

#endif
