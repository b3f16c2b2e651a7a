/* Machines: by what devices a kernel comes to the root disk. Their descriptions are data, below modules.d/machines/. */
#ifndef KINDLING_MACHINE_H
#define KINDLING_MACHINE_H

#include "feature/catalogue.h"

/* The machine that this program runs on, as sysfs tells. */
#define MACHINE_THIS_HOST "this-host"

struct machine_device {
    char *modalias;              /* "-": nothing asks for the driver */
    struct string_list drivers;  /* one of them is needed; empty: any that claims the device */
    struct string_list firmware; /* what the driver asks for */
    bool is_built_in_here;       /* this host's kernel has the driver built in */
    bool leads_to_card;          /* a network card, and not the disk */
};

/* What is made of its disks, and of what is made of them: "LVM2_member", as blkid(8) spells what they hold. */
struct machine_layer {
    const char *type;  /* static */
    bool is_plain_lvm; /* no program is needed for it (disk_probe.h) */
};

struct machine {
    char *name;
    struct feature description;     /* empty for this host */
    struct machine_device *devices; /* a bus before what is on it, a disk last; and the same for a network card */
    size_t device_count;
    struct machine_layer *layers; /* lower ones first */
    size_t layer_count;
};

/* Reads a description. Logs. 0 or -errno. machine_free in both cases. */
int machine_read(struct machine *machine, struct catalogue *catalogue, const char *name);
/* Reads the way to a block device ("/dev/sda2", "/dev/dm-1") of this host from sysfs. Logs. 0 or -errno. machine_free
 * in both cases. */
int machine_read_host(struct machine *machine, const char *device);
void machine_free(struct machine *machine);

/* The same for the way to each network card of this host that has a link. */
int machine_read_host_cards(struct machine *machine);

/* Adds the devices that a feature file names. */
void machine_add_devices(struct machine *machine, const struct feature *feature);

#endif
