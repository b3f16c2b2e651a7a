/*
 * What stands between a disk and a file system: containers, arrays, volume groups, file systems of several devices. A
 * kind of it is a row of the table in assemblers.c, with a file of its own. What an assembler makes comes back as an
 * event like any other device, and is looked at as such: stacks of any depth need no code of their own.
 */
#ifndef KINDLING_STORAGE_H
#define KINDLING_STORAGE_H

#include <stdbool.h>

#include "contract/cmdline.h"
#include "contract/index.h"
#include "device/block_device.h"
#include "module/boot_options.h"
#include "module/module.h"
#include "system/log.h"

struct storage;
struct zfs_pool;

struct assembler {
    const char *type;    /* of the superblock that its members have: "linux_raid_member"; several with commas */
    const char *links;   /* how those in by-id begin that udev's rules give to what it makes: "md-,raid-"; NULL: none */
    const char *module;  /* loaded before the first is assembled, by a name or alias; NULL: the program sees to it */
    const char *program; /* made ready before that: "/sbin/mdadm"; NULL when the kernel is told by calls */
    bool prepares_itself; /* it makes its program ready by itself, when it is sure to need it */

    /* Of what its members hold, which bears names of their own, it makes only what is wanted: it is asked again when
     * something else is. */
    bool makes_what_is_wanted;

    /* How long nothing may happen, in microseconds, until it is to be done with what has come; UINT64_MAX for never.
     * Where something happens all the time, it is done when members have been missing for WAIT_DEGRADED. NULL: it is
     * never done by itself. */
    uint64_t (*patience)(const struct storage *storage);

    /* True when the device is one of its members because this boot was told so by the device's name, whatever lies on
     * it. NULL: all that are bear the type. */
    bool (*claims)(const struct storage *storage, struct block_device *device);

    /* Where all that lies on a member lies on what is made of it as well: the device that is used in the place of the
     * member, or of its partition; NULL while there is none. NULL itself for all other kinds. */
    struct block_device *(*stand_in)(const struct storage *storage, struct block_device *device);

    /* True when this boot may want what such members make, whatever they hold: then each device is read when it comes,
     * and its members are assembled. NULL: only members of what the boot has found by name are. */
    bool (*is_wanted)(const struct storage *storage);

    /* True when what shows as partitions of a disk that is its member is not to be used by itself, whether or not this
     * image can put the members together. NULL: only when it can. */
    bool (*keeps_partitions)(const struct storage *storage);

    /* Puts together what the device is a member of, once all of it has come; when degraded is set, with what has come.
     * Asked again whenever another device has come, until it is done, and once more when the member has changed: what
     * is there already is not made again. It may take its time, as for a prompt. Returns 1 when it is done, 0 when
     * members are missing, or -errno. */
    int (*assemble)(struct storage *storage, struct block_device *member, bool degraded);

    /* Writes what the kernel mounts when it is to mount what the member belongs to. Returns 0 or -ENAMETOOLONG. NULL:
     * the member's own path. */
    int (*name_source)(struct storage *storage, struct block_device *member, char *source, size_t size);

    /* Writes the sentence that tells what is still missing. */
    void (*explain)(struct storage *storage, struct block_device *member, char sentence[LOG_MESSAGE_SIZE]);

    /* At the hand-over, when nothing more is assembled: wipes what nobody else may learn. NULL where there is nothing.
     */
    void (*forget)(void);

    /* At the shutdown, when nothing is mounted any more: takes down what of its kind is in nobody's use. Returns how
     * many it took down. NULL where nothing is left behind. */
    unsigned (*take_down)(void);
};

struct storage {
    const struct assembler *const *assemblers; /* NULL-terminated */
    struct block_devices *blocks;              /* all borrowed */
    struct module_loader *modules;
    const struct index *index;
    const struct cmdline *cmdline;
    const struct boot_options *options;
    struct device_ref *wanted; /* what the boot waits for; NULL when that is no block device */
    struct zfs_pool *pool;     /* the same of a dataset; see zfs.h */
};

/* True when what the boot waits for may lie on a device that an assembler makes. Where a name can be read only from the
 * disks, or is no name of a disk's, it may; a name that tells of neither counts only if the image has the program. */
bool storage_may_hold_wanted(const struct storage *storage, const char *program);

/* True when partitions of the disk are not to be used by themselves: they are of what is made of it. */
bool storage_keeps_partitions(const struct storage *storage, struct block_device *disk);

/* Whoever wants what the device holds by a name of the device's own goes on with what was made of it, /dev/mapper/NAME.
 * True when somebody does. */
bool storage_pass_on(struct storage *storage, struct block_device *device, const char *name);

/* The device itself, or the one that is to be used in its place, or NULL when that is still to come. */
struct block_device *storage_stand_in(const struct storage *storage, struct block_device *device);

/* From now on the boot waits for this, or for no block device any more (NULL). */
void storage_want(struct storage *storage, struct device_ref *wanted);

/* All that there are, NULL-terminated. */
extern const struct assembler *const storage_assemblers[];

/* Has what may be wanted assembled from the devices that have come. Reads none when nothing may be wanted. What fails
 * is logged, once. news: when something last happened, as timing_now; 0 when nothing more is awaited. Returns true when
 * something was made. */
bool storage_assemble(struct storage *storage, uint64_t news);

/* True when members have come that nobody was asked about yet, of a kind whose names are copied with the disks: all
 * disks of quick buses are to be known before anything is made of one. */
bool storage_wants_all_disks(struct storage *storage);

/* When storage_assemble is due again if nothing happens, as timing_now; UINT64_MAX when nothing waits for that. */
uint64_t storage_due(const struct storage *storage, uint64_t news);

/* The same for one device that the boot has found by name. Returns true when there is nothing to be assembled, or when
 * it is done (or failed, which was logged); false when members are missing. */
bool storage_complete(struct storage *storage, struct block_device *device, bool degraded);

/* What to mount for the device, for it or all that it belongs to. Returns 0 or -ENAMETOOLONG. */
int storage_name_source(struct storage *storage, struct block_device *device, char *source, size_t size);

/* True when an assembler makes something of the device because it is named so, whatever lies on it: that alone counts.
 */
bool storage_claims(const struct storage *storage, struct block_device *device);

/* Tells what a device still misses, or what it holds that was not wanted. False when it is complete, or no member of
 * anything. */
bool storage_explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE]);

/* Once nothing more is assembled: forgets what is secret, and tells the real root's udev what it has not seen come; see
 * udev_record.h. */
void storage_hand_over(const struct storage *storage);

/* Takes down what can be, in rounds: what an upper layer held is free in the next. */
void storage_take_down(const struct assembler *const *assemblers);

/* True when both are members of one thing, and not copies of the same member, nor each a whole of its own. Only devices
 * that were read are. */
bool storage_are_siblings(const struct block_device *one, const struct block_device *other);

#endif
