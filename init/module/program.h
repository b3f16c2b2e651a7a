/*
 * Programs of the image. Each file that one needs (itself, its loader, libraries, data) lies compressed on its own, and
 * is inflated into its place when the first program that needs it is wanted.
 */
#ifndef KINDLING_PROGRAM_H
#define KINDLING_PROGRAM_H

#include "contract/index.h"

/*
 * Makes the program that is wanted at a path ("/sbin/e2fsck") runnable there. Files that are in their places already
 * stay as they are. Returns 0, -ENOENT when this image has no such program, or -errno, where *culprit is the file that
 * is to blame (the index's): -EILSEQ it is damaged, -ENODATA the image lacks it.
 */
int program_unpack(const struct index *index, const char *wanted_at, const char **culprit);

/* Puts one of the files that the program needs into its place, which need not be in the image. Returns as
 * program_unpack. */
int program_unpack_file(const struct index *index, const char *wanted_at, const char *path);

/* The same for all programs of the image. What fails is logged. */
void program_unpack_all(const struct index *index);

#endif
