/*
 * Firmware: files that drivers ask the kernel for, by the names that modules tell in their .modinfo. The kernel's
 * loader reads them itself, at a time of the driver's choice, so they lie in the image as files, never as members that
 * only /init could inflate. They cost no time all the same: where the kernel reads .xz they lie so in the stored part
 * of the image, and nothing is decompressed but what a driver asks for.
 */
#ifndef KINDLING_FIRMWARE_H
#define KINDLING_FIRMWARE_H

#include "archive/cache.h"
#include "archive/image.h"
#include "feature/wanted.h"
#include "kernel/kernel_config.h"
#include "kernel/kernel_tree.h"

/* Where firmware comes from and goes to, and how. All is borrowed. */
struct firmware_job {
    struct image *image;
    const char *sysroot;
    const char *release;
    const struct kernel_config *config; /* what the kernel can decompress */
    bool is_compressed;                 /* plain files are compressed, if the kernel can decompress them */
    struct cache *cache;                /* of what was compressed */
    struct string_list *inputs;
};

/*
 * Packs what of the modules' firmware matches a pattern among the wishes, and all that these require by name. A
 * file that is not in the sysroot is told in one note with all others of its kind, or is an error when it is required.
 * Logs. 0 or -errno.
 */
int firmware_pack(const struct firmware_job *job, const struct kernel_tree *tree, const struct module_list *modules,
    const struct wish_list *wishes);

#endif
