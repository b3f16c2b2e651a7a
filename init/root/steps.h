/* The steps of the boot that have a file of their own, called as the step is. main.c has their order, and the rest. */
#ifndef KINDLING_STEPS_H
#define KINDLING_STEPS_H

#include "boot.h"

/* Each returns 0, or a -errno after it noted the failure (failure.h). */
int step_mounts(struct boot *boot);
int step_console(struct boot *boot);
int step_root(struct boot *boot); /* nothing is done when it is found already */
int step_resume(struct boot *boot);
int step_fsck(struct boot *boot);
int step_grow(struct boot *boot);
int step_mount(struct boot *boot);
int step_overlay(struct boot *boot);
int step_usr(struct boot *boot);
int step_network(struct boot *boot); /* where it is wanted for its own sake */
int step_target_init(struct boot *boot);
int step_hand_over(struct boot *boot); /* returns only when it failed */

#endif
