/* How a live system's medium is named: a device, a file, a device and a file. Pure. */
#ifndef KINDLING_LIVE_SPEC_H
#define KINDLING_LIVE_SPEC_H

#include <stdbool.h>
#include <stddef.h>

#define LIVE_SPEC_SIZE 1024u

/* Copies length bytes and ends them; what does not fit names nothing that there is. */
void live_spec_copy(char out[LIVE_SPEC_SIZE], const char *text, size_t length);

/* A device as root= names it, or by CDLABEL=, dracut's for the LABEL= of what is no hard disk. */
void live_spec_set_device(char out[LIVE_SPEC_SIZE], const char *spec);

/* Where the name of a device below /dev ends, and the path of a file in its file system begins: "/dev/sda1/a.iso",
 * "/dev/disk/by-label/STICK/a.iso". 0 for what is no device. */
size_t live_spec_device_length(const char *path);

bool live_spec_is_on_network(const char *spec);

#endif
