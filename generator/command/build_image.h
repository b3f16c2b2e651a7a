/* An image for one kernel, as `kindling build` and `kindling update` make it. */
#ifndef KINDLING_BUILD_IMAGE_H
#define KINDLING_BUILD_IMAGE_H

#include "command/options.h"

/* Makes the image that the options describe. Logs. 0 or -errno. */
int build_image(const struct options *options);

#endif
