/* Whether a program of an image can run there: its interpreter and its shared libraries lie in the image too. Pure. */
#ifndef KINDLING_BOOT_PROGRAM_H
#define KINDLING_BOOT_PROGRAM_H

#include "archive/image.h"
#include "contract/index.h"

/* The program at a path. Returns NULL, or why it cannot run, as a new string. */
char *boot_program_check(const struct image *image, const char *path);
/* The same for a program that /init unpacks when it is wanted. */
char *boot_program_check_tool(const struct image *image, const struct index_tool *tool);

#endif
