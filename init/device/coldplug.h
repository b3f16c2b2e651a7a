/*
 * The devices that were there before we listened: a walk through /sys that gives each as the event it would have sent.
 * Reading is enough; asking the kernel to repeat its events ("add" into each uevent file) costs several times more.
 */
#ifndef KINDLING_COLDPLUG_H
#define KINDLING_COLDPLUG_H

#include <stdbool.h>

#include "device/uevent.h"
#include "system/directory.h"

struct coldplug {
    struct directory blocks;      /* /sys/class/block */
    struct directory buses;       /* /sys/bus */
    struct directory bus_devices; /* /sys/bus/BUS/devices */
    char bus[256];
    char text[UEVENT_SIZE];
    char devpath[UEVENT_SIZE];
};

/* Returns 0 or -errno. */
int coldplug_open(struct coldplug *walk);

/* True and the next device: first the block devices with all their fields, then what has a modalias, with
 * that and its path as "/bus/BUS/devices/NAME".
 * The event's strings last until the next call. */
bool coldplug_next(struct coldplug *walk, struct uevent *event);

void coldplug_close(struct coldplug *walk);

#endif
