/* getopt_long(3) with our own sentences: each names the option, and the one that was probably meant. */
#ifndef KINDLING_ARGUMENTS_H
#define KINDLING_ARGUMENTS_H

#include <getopt.h>

/* As getopt_long, with letters beginning with ':'. '?' for everything that is wrong, which has been logged. */
int arguments_next(int argc, char **argv, const char *letters, const struct option *longs);

#endif
