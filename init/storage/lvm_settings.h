/* What this image has of the host's settings for lvm (lvm.conf(5)). */
#ifndef KINDLING_LVM_SETTINGS_H
#define KINDLING_LVM_SETTINGS_H

#include <stdbool.h>

#include "contract/index.h"

/* True when they say which volumes and disks count, or cannot be understood. They are unpacked for that. */
bool lvm_settings_have_policy(const struct index *index);

#endif
