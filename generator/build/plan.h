/* The plan of an image: all that is decided before anybody looks at a kernel. */
#ifndef KINDLING_PLAN_H
#define KINDLING_PLAN_H

#include "base/architecture.h"
#include "build/output_settings.h"
#include "feature/wanted.h"

struct plan {
    struct output_settings settings;         /* complete: of its strings, only depfile and cache may be NULL */
    struct string_list configuration;        /* directories of modprobe's configuration */
    const struct architecture *architecture; /* of the kernel */
    char *init;
    struct wanted wanted;
    struct wanted left_out;    /* modules that, if they are not in the image, a failing boot should be able to name */
    char *command;             /* SETTING_BUILD */
    bool has_crypttab;         /* lines of the system's crypttab go with it */
    struct string_list inputs; /* files that made this plan */
};

/* Asks the kernel for what kind of processor it is, and decides on the /init of that kind. Unless it is this host's
 * own, and if the user has named no sysroot, programs come from the one beside that /init. Logs. 0 or -errno. */
int plan_set_architecture(struct plan *plan, bool is_sysroot_named);
void plan_free(struct plan *plan);

#endif
