/* getopt_long(3) with our own sentences: each names the option, and the one that was probably meant. */
#ifndef KINDLING_ARGUMENTS_H
#define KINDLING_ARGUMENTS_H

#include <getopt.h>
#include <stdbool.h>

/* As getopt_long, with letters beginning with ':'. '?' for everything that is wrong, which has been logged. */
int arguments_next(int argc, char **argv, const char *letters, const struct option *longs);
/* For a command that has no options: false when there is one, which has been logged. optind is behind a "--". */
bool arguments_are_plain(int argc, char **argv);

#endif
