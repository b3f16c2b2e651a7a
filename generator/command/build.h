/* `kindling build`: an image for one kernel. */
#ifndef KINDLING_BUILD_H
#define KINDLING_BUILD_H

#include "command/options.h"

/* Makes the image that the options describe. Logs. 0 or -errno. */
int build_image(const struct options *options);

/* argv[0] is the program's name. Returns the exit status. */
int build_main(int argc, char **argv);

#endif
