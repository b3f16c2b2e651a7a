/*
 * A boot's timeline, drawn from the intervals that /init recorded ("START END KIND NAME CPU" in microseconds since
 * the kernel's clock began) and, in a console log, from the kernel's own time stamps.
 */
#ifndef KINDLING_TIMELINE_H
#define KINDLING_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct timeline_interval {
    uint64_t start; /* microseconds */
    uint64_t end;
    char kind[16]; /* step, module, program, wait; kernel for what the kernel's log tells */
    char name[64];
    unsigned cpu; /* the processor on which it ended; 0 where that is not told */
};

struct timeline {
    struct timeline_interval *intervals; /* owned; in order of their start */
    size_t count;
};

/* Pure. Reads a record of /init (/run/initramfs/timing) or a console log that holds such lines behind the word
 * "timing". Lines that are neither are passed over. Free with timeline_free. */
void timeline_parse(const char *text, struct timeline *timeline);
void timeline_free(struct timeline *timeline);

/* True for what the kernel's log tells, not /init. */
bool timeline_is_of_kernel(const struct timeline_interval *interval);

/* /init's own time: from its first interval to the end of its last. A timeline without any has the span 1. */
struct timeline_scale {
    uint64_t origin;
    uint64_t span;
};

struct timeline_scale timeline_measure(const struct timeline *timeline);

/* Draws a line an interval: its start and length in seconds, and a bar. */
void timeline_draw(const struct timeline *timeline, FILE *out);

#endif
