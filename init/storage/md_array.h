/* The md arrays that the kernel has, and what mdadm does about them. A name is the kernel's: "md127". */
#ifndef KINDLING_MD_ARRAY_H
#define KINDLING_MD_ARRAY_H

#include "storage/storage.h"

#define MDADM_PROGRAM "/sbin/mdadm"
#define MD_NAME_SIZE 64u

/* The array that the kernel has made of the device, perhaps not running yet. */
bool md_find_array(const struct block_device *member, char name[MD_NAME_SIZE]);

/* The same for any member of the array. */
bool md_find_array_of(const struct storage *storage, const struct block_device *of, char name[MD_NAME_SIZE]);

/* Of all that mdadm puts together, arrays and the firmware's: is it wanted, and how long is a member waited for. */
bool md_is_wanted(const struct storage *storage);
uint64_t md_patience(const struct storage *storage);

bool md_is_running(const char *name);

/* Of its superblocks: "1.2"; "external:imsm" for a container, "external:/md127/0" for an array in one, with "-" for the
 * slash while it is not to be written to (Documentation/admin-guide/md.rst). */
bool md_read_metadata(const char *name, char metadata[MD_NAME_SIZE]);

/* What has come of either, the kernel tells. */
void md_add_member(const struct storage *storage, struct block_device *device);
void md_start(const char *name);
/* Of a container, the arrays that lack disks. */
void md_start_container(const char *name);

/* That marks its members clean, too. What is mounted, or under another layer, is busy. Returns whether it is stopped.
 */
bool md_stop(const char *name);

/* The links that udev would make in /dev/disk/by-id. */
void md_make_links(const struct superblock *superblock, const char *name);

/* Stops what nobody uses. Returns how many it stopped. */
unsigned md_take_down(void);

#endif
