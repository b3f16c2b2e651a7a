/* What the members of an md array that have come say of it, by their superblocks. */
#ifndef KINDLING_MD_MEMBERS_H
#define KINDLING_MD_MEMBERS_H

#include "storage/storage.h"

struct md_description {
    const struct superblock *newest; /* of those that have come */
    const char *name;                /* for people */
    uint32_t present;                /* slots that have a member */
};

struct md_description md_describe(const struct storage *storage, const struct block_device *of);

/* Version 0.90 does not tell its members apart. */
bool md_is_member(const struct block_device *device, const struct block_device *of);

/* Two disks that say with equal right to be the same member: one was copied, or is seen twice. NULL: none has another.
 */
const struct block_device *md_twin(const struct storage *storage, const struct block_device *of);
bool md_has_twins(const struct storage *storage, const struct block_device *of);

/* True when all data is there with so many members. */
bool md_is_enough(const struct storage *storage, const struct block_device *of, uint32_t present);

/* The slots that have no member: "1, 2". */
void md_list_missing(const struct storage *storage, const struct block_device *of, char list[LOG_MESSAGE_SIZE / 4]);

#endif
