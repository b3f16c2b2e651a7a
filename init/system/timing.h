/*
 * When each part of the boot began and ended, kept until the real root can read it.
 *
 * The record is text, a line an interval: "START END KIND NAME CPU", both times in microseconds of CLOCK_MONOTONIC,
 * CPU the number of the processor on which it ended. KIND is step, module, unpack, program or wait. Lines stand in the
 * order of their ends, those of each process together. `kindling timeline` draws it.
 */
#ifndef KINDLING_TIMING_H
#define KINDLING_TIMING_H

#include <stdbool.h>
#include <stdint.h>

#define TIMING_PATH "/run/initramfs/timing"

/* Microseconds of CLOCK_MONOTONIC. */
uint64_t timing_now(void);

/* True once *next has come, as timing_now; that is pause microseconds from now on, then. For what says now and then how
 * far it is. */
bool timing_is_due(uint64_t *next, uint64_t pause);

/* Notes that something called kind and name lasted from start until now. kind is static, name is copied. */
void timing_note(const char *kind, const char *name, uint64_t start);

/* Adds what was noted since the last call to TIMING_PATH. Returns 0 or -errno; a boot goes on without it. */
int timing_save(void);

#endif
