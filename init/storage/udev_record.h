/*
 * What an initramfs with udev leaves in /run/udev/data: the properties of what it has assembled, which the real root's
 * rules want to find when they see these devices for the first time.
 */
#ifndef KINDLING_UDEV_RECORD_H
#define KINDLING_UDEV_RECORD_H

#include <stdbool.h>

/* True for the kernel's name of a device that needs one. */
bool udev_record_is_for(const char *name);

/* Writes a record for each device that is there and needs one. Tools that find /run/udev take udev for running: call it
 * when none will be started any more. A failure is logged. */
void udev_records_write(void);

#endif
