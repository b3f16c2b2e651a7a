/* Machines: by what devices a kernel comes to the root disk. Their descriptions are data, below modules.d/machines/. */
#ifndef KINDLING_PLATFORM_H
#define KINDLING_PLATFORM_H

#include "feature/catalogue.h"

/* The machine that this program runs on, as sysfs tells. */
#define PLATFORM_THIS_HOST "this-host"

struct platform_device {
    char *modalias;              /* "-": nothing asks for the driver */
    struct string_list drivers;  /* one of them is needed; empty: any that claims the device */
    struct string_list firmware; /* what the driver asks for */
    bool is_built_in_here;       /* this host's kernel has the driver built in */
};

struct platform {
    char *name;
    struct platform_device *devices; /* the bus first, the disk last */
    size_t device_count;
};

/* Reads a description. Logs. 0 or -errno. platform_free in both cases. */
int platform_read(struct platform *platform, struct catalogue *catalogue, const char *name);
/* Reads the way to a block device ("/dev/sda2") of this host from sysfs. Logs. 0 or -errno. platform_free in both
 * cases.
 */
int platform_read_host(struct platform *platform, const char *device);
void platform_free(struct platform *platform);

/* Adds the devices that a feature file names. */
void platform_add_devices(struct platform *platform, const struct feature *feature);

#endif
