/* A boot's timeline as a picture for people: one SVG file, for light and dark pages, without scripts. */
#ifndef KINDLING_TIMELINE_SVG_H
#define KINDLING_TIMELINE_SVG_H

#include "command/timeline.h"

/* The steps in a lane of their own, what ran within them in the lane of its processor, and the waits across all. */
void timeline_draw_svg(const struct timeline *timeline, FILE *out);

#endif
