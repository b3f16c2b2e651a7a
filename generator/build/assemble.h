/* From a plan to an image: what `kindling build` and `kindling mkinitramfs` have in common. */
#ifndef KINDLING_ASSEMBLE_H
#define KINDLING_ASSEMBLE_H

#include "build/plan.h"

/* SOURCE_DATE_EPOCH, where somebody sets it, is the time of all that is made; else *epoch is 0. Logs. 0 or -EINVAL. */
int assemble_read_epoch(long long *epoch);
/* Adds to the plan's inputs. Logs. 0 or -errno. */
int assemble(struct plan *plan);

#endif
