/*
 * When each part of the boot began and ended, kept until the real root can read it.
 *
 * The record is text, a line an interval: "START END KIND NAME", both times in microseconds of CLOCK_MONOTONIC.
 * KIND is step, module, device, program or wait. `kindling timeline` draws it.
 */
#ifndef KINDLING_TIMING_H
#define KINDLING_TIMING_H

#include <stdint.h>

#define TIMING_PATH "/run/initramfs/timing"

/* Microseconds of CLOCK_MONOTONIC. */
uint64_t timing_now(void);

/* Notes that something called kind and name lasted from start until now. kind is static, name is copied. */
void timing_note(const char *kind, const char *name, uint64_t start);

/* Writes the record to TIMING_PATH. Returns 0 or -errno; a boot goes on without it. */
int timing_save(void);

#endif
