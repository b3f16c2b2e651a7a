/* What a person needs to see when the root does not come. */
#ifndef KINDLING_REPORT_H
#define KINDLING_REPORT_H

#include "boot.h"

/* Logs a line for each block device seen, with what lies on it; a line for each device that a driver of this kernel
 * would take if it were in this image; and how to make an image that has those drivers. */
void report_devices(struct boot *boot);

#endif
