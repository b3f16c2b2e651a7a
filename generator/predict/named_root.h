/* The root that somebody names: one that is fetched, one on the network, a device of this host, or an image. */
#ifndef KINDLING_NAMED_ROOT_H
#define KINDLING_NAMED_ROOT_H

#include "predict/root_spec.h"
#include "predict/simulated_boot.h"

/*
 * spec: as for root_spec_find, or as root= on the kernel command line; NULL: what the image's own command line says,
 * or, where the boot is of this host, its root. Without a spec and on another machine, said, the types of rootfstype=,
 * will do. The words of a medium's boot loader are the boot's from here on. Logs. Returns 0 or -errno; root_spec_free
 * in both cases.
 */
int named_root_find(struct root_spec *found, const char *spec, const struct string_list *said, bool is_of_host,
    struct simulated_boot *boot);

#endif
