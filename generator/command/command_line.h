/* The command line of `kindling build`. */
#ifndef KINDLING_COMMAND_LINE_H
#define KINDLING_COMMAND_LINE_H

#include "command/options.h"

/*
 * Reads the command line, and the configuration file before it: one named by it, which must exist, or
 * /etc/kindling.conf. What is wrong is logged. Returns 0, -EINVAL for wrong usage of the command line (exit status
 * 2), or another -errno. options_free in every case.
 */
int command_line_read(struct options *options, int argc, char **argv);

#endif
