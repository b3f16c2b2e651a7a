/* From a plan to an image: what `kindling build` and `kindling mkinitramfs` have in common. */
#ifndef KINDLING_ASSEMBLE_H
#define KINDLING_ASSEMBLE_H

#include "build/plan.h"

/* Adds to the plan's inputs. Logs. 0 or -errno. */
int assemble(struct plan *plan);

#endif
