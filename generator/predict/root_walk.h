/* The end of the chain: the file systems of the root, on its disks, on a medium or on a server. */
#ifndef KINDLING_ROOT_WALK_H
#define KINDLING_ROOT_WALK_H

#include "predict/walk.h"

/* walk->chain->missing is set when no root of this kind can be mounted. */
void root_walk(struct walk *walk, const struct root_spec *root);

#endif
