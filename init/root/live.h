/*
 * A live system: its root lies in image files on a medium, with an overlay that takes what is written. live_root.c
 * tells the story; what it calls is here, one file a step.
 */
#ifndef KINDLING_LIVE_H
#define KINDLING_LIVE_H

#include "boot.h"

#define LIVE_PATH_SIZE 1024u
#define LIVE_LOWER_SIZE 3072u /* of the directories that an overlay lies on: mount(2) takes a page */

/* Where what a live system consists of is mounted, so that its own tools find it. */
struct live_places {
    const char *medium;  /* the medium, or what was copied of it */
    const char *carrier; /* the file system that has the medium as a file */
    const char *images;  /* the images: one at this place, or each in a directory of its own */
    bool each_image;     /* in a directory of its own */
    const char *outer;   /* an image that holds another one */
    const char *upper;   /* what takes what is written */
    const char *files;   /* its directories there */
    const char *work;
    const char *medium_in_root; /* the medium is moved there in the end, below the new root; NULL: it stays */
};

const struct live_places *live_places(const struct boot *boot);

/* Finds the medium and mounts it; at once when it is there. Returns 0, or a -errno after it noted the failure. */
int live_medium_find(struct boot *boot);

/* Mounts what may be anybody's disk, read-only, and replays no journal. Returns 0 or -errno, and says nothing. */
int live_mount_untouched(struct boot *boot, struct block_device *device, const char *target);

/* Whether the disk is of that kind. */
bool live_is_removable(const struct block_device *device, enum live_removable kind);

/* Takes the file at path, an ISO 9660 image, for the medium. Returns 0, or a -errno after it noted the failure. */
int live_medium_take(struct boot *boot, const char *path);

/* Unmounts it, so that it can be taken out. */
void live_medium_leave(const struct boot *boot);

/* Mounts the medium's own file system at a second place, where it can be written to unless read_only is set: one cannot
 * be mounted in both ways, so that all of it is made writable. Returns 0 or -errno, and says nothing. */
int live_medium_mount_again(const struct boot *boot, const char *target, bool read_only);

/* A path joined of three. Returns 0, or a -errno after it noted the failure. */
int live_join(char path[LIVE_PATH_SIZE], const char *one, const char *two, const char *three);

/* The directories that an overlay lies on, LIVE_LOWER_SIZE bytes: puts another one on top. Returns 0, or a -errno after
 * it noted the failure. */
int live_add_layer(char *lower, const char *layer);

bool live_is_directory(const char *path);

/* The images of a root, the lowest first: paths below the medium. */
struct live_images {
    char **paths; /* owned */
    size_t count;
};

/* Lists them. medium: its directory. Returns 0, -ENOENT when there is none, or another -errno: -EMLINK when it is not
 * plain which of them make the root. */
int live_images_list(const struct live_words *words, int medium, struct live_images *images);
void live_images_free(struct live_images *images);

/* Returns 0 or -ENOMEM. */
int live_images_add(struct live_images *images, const char *path);

/* What is looked for on a medium, for a sentence. */
void live_images_describe(const struct live_words *words, char text[LIVE_PATH_SIZE]);

/* A file system in a file, or on a block device, and where it is mounted. */
struct live_image {
    const char *path, *target;
    const char *type; /* the only one that will do, or a list, as loopfstype= has it; NULL for what is found */
    bool writable;
    bool is_of_root; /* dm-verity may have to vouch for it */
};

/* Returns 0, or a -errno after it noted the failure. */
int live_image_mount(struct boot *boot, const struct live_image *image);

/* The same, of an image that is the content of a device already. */
int live_image_mount_device(struct boot *boot, const struct live_image *image, struct block_device *device);

/* Refuses hashes on the command line that are of none of the images: nobody would vouch for what was meant. Returns 0,
 * or a -errno after it noted the failure. */
int live_verity_check(const struct live_words *words, const struct live_images *images);

/* What goes with an image that dm-verity vouches for: "" the image itself, its hash tree, its hash. NULL-terminated. */
extern const char *const live_image_suffixes[];

/* Where a hash is given for the image at path, on the command line or beside it on the medium, the device becomes one
 * that dm-verity vouches for. Returns 0, also when nobody does; or a -errno after it noted the failure. */
int live_verity_put_on(struct boot *boot, const char *path, struct block_device *device);

/* What keeps what is written, mounted; several file systems may keep a part each. */
#define LIVE_PERSISTENCES 8u

struct live_persistence {
    char places[LIVE_PERSISTENCES][LIVE_PATH_SIZE];
    size_t count;
    char root[LIVE_PATH_SIZE]; /* the directory that keeps all of the root; "" for none */
};

/* Finds and mounts them; that there is none is said. persistence: zeros. Then, once the root is put together, has its
 * directories kept. Each returns 0, or a -errno after it noted the failure. */
int live_persistence_find(struct boot *boot, struct live_persistence *persistence);
int live_persistence_apply(struct boot *boot, const struct live_persistence *persistence);

/* Lays what takes what is written over the directories below, and mounts that as the new root. lower: of
 * LIVE_LOWER_SIZE bytes, what was written before may be added to it. Returns 0, or a -errno after it noted the failure.
 */
int live_overlay_mount(struct boot *boot, const struct live_persistence *persistence, char *lower);

/* Compares the medium with the checksums that it was made with. device: what it is mounted from; disk: the
 * whole disk of a partition, for the sum of a hybrid image is over that, or "". Returns 0, or a -errno
 * after it noted the failure. */
int live_check(const struct boot *boot, const char *device, const char *disk);

/* Deletes a directory with all that is in it. Returns 0, or a -errno after it noted the failure. */
int live_delete(struct boot *boot, const char *directory);

/* Copies the images into memory, in the place of the medium. Returns 0, also when they do not fit and need not; or a
 * -errno after it noted the failure. */
int live_copy_to_memory(struct boot *boot, const struct live_images *images);

#endif
