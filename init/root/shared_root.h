/* A root that is a directory which the host shares: rootfstype=9p or virtiofs, and root= its tag. */
#ifndef KINDLING_SHARED_ROOT_H
#define KINDLING_SHARED_ROOT_H

#include "boot.h"
#include "root/mount_options.h"

bool shared_root_is_asked_for(const struct boot *boot);

/* Mounts it, waiting for its device. Returns 0, or a -errno after it noted the failure. */
int shared_root_mount(struct boot *boot, const struct mount_options *options);

#endif
