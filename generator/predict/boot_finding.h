/* What becomes of a device, or of a name that the kernel asks for, in a simulated boot. */
#ifndef KINDLING_BOOT_FINDING_H
#define KINDLING_BOOT_FINDING_H

#include "predict/simulated_boot.h"

/* How a name was answered. */
enum boot_answer {
    BOOT_LOADED,      /* a module of the image */
    BOOT_BUILT_IN,    /* the kernel itself */
    BOOT_BROKEN,      /* a module of the image that cannot be loaded */
    BOOT_BLACKLISTED, /* a module of the image that the image's own command line forbids */
    BOOT_UNTABLED,    /* the image has the module, but its index does not name it for this */
    BOOT_LEFT_OUT,    /* the kernel has a module for it, the image has not */
    BOOT_NOBODY_KNOWS /* the kernel has nothing */
};

struct boot_finding {
    enum boot_answer answer;
    char *name; /* of the module, of what is built in, or of the drivers that nobody has; may be "". Owned */
    char *why;  /* BOOT_BROKEN: the clause; else NULL. Owned */
};

/*
 * A device appears with this modalias: loads all that claims it, as /init does. drivers: the names of those of which
 * one is needed; with none, any that claims the device will do.
 */
struct boot_finding boot_finding_for_device(
    struct simulated_boot *boot, const char *modalias, const char *const *drivers, size_t driver_count);
/* The kernel asks for a module by name or alias ("fs-ext4", "nls_cp437"). */
struct boot_finding boot_finding_for_request(struct simulated_boot *boot, const char *name);
/* A driver that nothing asks for: has it been loaded, or is it built in? */
struct boot_finding boot_finding_for_driver(struct simulated_boot *boot, const char *driver);
void boot_finding_free(struct boot_finding *finding);

#endif
