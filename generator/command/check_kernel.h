/* The kernel that an image is checked for, by its release or its file, and its configuration. */
#ifndef KINDLING_CHECK_KERNEL_H
#define KINDLING_CHECK_KERNEL_H

#include <stdint.h>

#include "kernel/kernel_config.h"

struct check_kernel {
    const char *option; /* a release, or the path of a file; NULL: the image's own */
    const char *modules_dir;
    char *release;               /* the one that will run; NULL: the image's own */
    uint16_t machine;            /* of its file; EM_NONE when only its release was named */
    struct kernel_config config; /* by check_kernel_configuration */
};

/* Logs. Returns 0 or -EINVAL; check_kernel_free in both cases. */
int check_kernel_find(struct check_kernel *kernel);

/* Of the kernel of that release, read once; NULL where it is not at hand. */
const struct kernel_config *check_kernel_configuration(struct check_kernel *kernel, const char *release);

void check_kernel_free(struct check_kernel *kernel);

#endif
