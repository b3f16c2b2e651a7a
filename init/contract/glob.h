/*
 * The patterns of module aliases: '*', '?', '[a-z]', '[!a-z]' and '\', as fnmatch(3) without flags reads them in the
 * C locale. Pure. fnmatch itself would bring the tables of all of Unicode into /init.
 */
#ifndef KINDLING_GLOB_H
#define KINDLING_GLOB_H

#include <stdbool.h>

bool glob_matches(const char *pattern, const char *text);

#endif
