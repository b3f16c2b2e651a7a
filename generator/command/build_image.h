/* An image for one kernel, as `kindling build` and `kindling update` make it. */
#ifndef KINDLING_BUILD_IMAGE_H
#define KINDLING_BUILD_IMAGE_H

#include "build/plan.h"
#include "command/options.h"

/* Makes the image that the options describe. Logs. 0 or -errno. */
int build_image(const struct options *options);
/* What the options add up to, before a kernel is looked at. Logs. 0 or -errno; plan_free in both cases. */
int build_image_plan(struct plan *plan, const struct options *options);

#endif
