/* Firmware in a simulated boot: what drivers will find of it. */
#ifndef KINDLING_BOOT_FIRMWARE_H
#define KINDLING_BOOT_FIRMWARE_H

#include "predict/simulated_boot.h"

/* The firmware that a loaded module names and that is not in the image, as a list with commas; NULL when there is none
 * such. A new string. */
char *boot_firmware_missing(struct simulated_boot *boot, const char *module);

enum boot_firmware {
    BOOT_FIRMWARE_ABSENT,
    BOOT_FIRMWARE_UNREADABLE, /* in the image, but no kernel can decompress it */
    BOOT_FIRMWARE_THERE
};
enum boot_firmware boot_firmware_find(struct simulated_boot *boot, const char *name);

#endif
