/* What of a volume group needs no more than tables of device-mapper: all that is in no way out of the ordinary. Pure.
 */
#ifndef KINDLING_LVM2_PLAIN_H
#define KINDLING_LVM2_PLAIN_H

#include "format/lvm2.h"

/* True when the list has no other strings than these, of which the last is NULL. */
bool lvm2_has_only(struct lvm2_span list, const char *const *words);

/* True for a group that belongs to no system, is not exported, and is under nobody's lock. */
bool lvm2_group_is_plain(const struct lvm2_group *group);

/* True for a volume that is no part of another, and that nothing is going on with; what it is made of, its segments
 * tell. */
bool lvm2_volume_is_plain(const struct lvm2_group *group, struct lvm2_span name, struct lvm2_span body);

/* True when some volume that people see is so, and linear or striped. */
bool lvm2_group_has_plain(const struct lvm2_group *group);

/* True when both are so, of all volumes, and they are linear or striped. */
bool lvm2_group_is_all_plain(const struct lvm2_group *group);

#endif
