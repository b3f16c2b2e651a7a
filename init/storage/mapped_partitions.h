/* The partitions of a mapped device, for which the kernel does not look. */
#ifndef KINDLING_MAPPED_PARTITIONS_H
#define KINDLING_MAPPED_PARTITIONS_H

/* Makes a mapped device of each, which is called as kpartx(8) does, name1 or name0p1, and has the uuid part1-UUID;
 * those that are there already stay. Returns 0 or -errno. */
int mapped_partitions_make(const char *name, const char *uuid);

#endif
