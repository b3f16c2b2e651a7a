/* A root that is only read, with an overlay that takes what is written to it. */
#ifndef KINDLING_OVERLAY_H
#define KINDLING_OVERLAY_H

#include "boot.h"

/* What takes what is written, mounted at target. spec: "" or "tmpfs:OPTIONS" for memory, or DEVICE, DEVICE:auto or
 * DEVICE:DIRECTORY.
 */
struct overlay_upper {
    const char *word; /* who wants it: "rd.overlay=" */
    const char *spec;
    const char *target;
    const char *memory;   /* the options of a tmpfs where spec has none */
    bool read_only;       /* a device is to be read, not to be written to */
    char directory[1024]; /* what spec says of it, or "": filled in by overlay_mount_upper */
};

/* Returns 0 for memory, 1 for a device, or a -errno after it noted the failure. */
int overlay_mount_upper(struct boot *boot, struct overlay_upper *upper);

/* Lays the two directories, which are made, over those below, the top one first, with ':' between them, and mounts that
 * as the new root. Returns 0 or -errno. */
int overlay_mount(struct boot *boot, const char *lower, const char *upper, const char *work);

/* The same, mounted anywhere. */
int overlay_mount_at(struct boot *boot, const char *target, const char *lower, const char *upper, const char *work);

/* The reason of a failure of overlay_mount in words. */
const char *overlay_error(int error);

#endif
