/* Which logical volumes a boot wants: by what root= and its like name, and what rd.lvm.lv= and rd.lvm.vg= allow. */
#ifndef KINDLING_VOLUME_CHOICE_H
#define KINDLING_VOLUME_CHOICE_H

#include "storage/logical_volume.h"

enum volume_choice {
    VOLUME_LEFT,  /* it is not wanted, or active */
    VOLUME_WAITS, /* what it needs has not come, or it is wanted only if nothing else turns up */
    VOLUME_IS_DUE,
};

/* What is to be done about a volume now; degraded: nothing more may come. */
enum volume_choice volume_choose(const struct storage *storage, const struct volume_group *group,
    const struct logical_volume *volume, bool degraded);

/* True when what the boot waits for is called as this volume is. */
bool volume_is_named(
    const struct storage *storage, const struct volume_group *group, const struct logical_volume *volume);

#endif
