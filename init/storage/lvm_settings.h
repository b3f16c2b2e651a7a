/* What this image has of the host's settings for lvm (lvm.conf(5)). */
#ifndef KINDLING_LVM_SETTINGS_H
#define KINDLING_LVM_SETTINGS_H

#include <stdbool.h>

#include "contract/index.h"

#define LVM_PROGRAM "/sbin/lvm" /* whose they are */

/* True when they say which volumes and disks count, or cannot be understood. They are unpacked for that. */
bool lvm_settings_have_policy(const struct index *index);

/* Gives the machine the name that its own system will give it, unless it has one: where lvm.conf says so, it is what a
 * group's system id is compared with (lvmsystemid(7), uname). */
void lvm_settings_provide_host_name(const struct index *index);

#endif
