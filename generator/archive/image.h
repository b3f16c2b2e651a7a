/*
 * An image: the set of entries that its archive holds. Pure.
 *
 * Names are relative and plain: no leading "/" or "./", no "." or ".." parts. The kernel skips an entry whose parent
 * is missing without a word, so parents are added with their children, and come before them in the archive's order:
 *
 * Where a directory of a path is a symlink in the image (lib -> usr/lib), what lies below it gets its real name.
 *
 *   directories, then the small files that every boot reads, then the members that lie compressed until they are
 *   wanted, then the seal; each by name, bytewise. "a" sorts before "a/b", so parents come first.
 */
#ifndef KINDLING_GENERATOR_IMAGE_H
#define KINDLING_GENERATOR_IMAGE_H

#include <sys/types.h>

#include "base/buffer.h"

/* The kernel takes names of 4096 bytes with their NUL. */
#define IMAGE_NAME_MAXIMUM 4095u

enum image_place { IMAGE_HEAD, IMAGE_LAZY, IMAGE_SEAL };

struct image_entry {
    char *name;
    mode_t mode; /* type and permissions */
    unsigned device_major;
    unsigned device_minor;
    uid_t uid;
    gid_t gid;
    long long mtime;
    struct buffer bytes; /* a file's content, a symlink's target; not NUL-terminated */
    enum image_place place;
    char *origin; /* why it is here */
};

struct image {
    struct image_entry **entries; /* as added, or in the archive's order once image_arrange was called */
    struct image_entry **by_name; /* sorted */
    size_t count;
    long long mtime; /* of the entries that are added from here on */
};

/*
 * Each adds one entry, owner root, and the directories above it (0755). 0 or -errno: -EEXIST the name is taken (a
 * directory may be added again: its mode changes), -ENOTDIR something above it is not a directory, -EINVAL or
 * -ENAMETOOLONG the name cannot be.
 */
int image_add_directory(struct image *image, const char *name, mode_t permissions, const char *origin);
/* Takes the bytes: they are the image's, or freed when it fails. */
int image_add_file(struct image *image, const char *name, mode_t permissions, struct buffer *bytes,
    enum image_place place, const char *origin);
int image_add_symlink(struct image *image, const char *name, const char *target, const char *origin);
int image_add_device(
    struct image *image, const char *name, mode_t mode, unsigned major, unsigned minor, const char *origin);

/* Appends an entry as it was read from somewhere, whatever its name; takes all that it owns. */
void image_append(struct image *image, const struct image_entry *entry);

/* The name, without a leading '/', that an entry of this name gets: no directory of it is a symlink in the image (but
 * for symlinks that run in circles). A new string. */
char *image_resolve(const struct image *image, const char *name);
/* The entry at this path (with or without a leading '/'; the last one added), or NULL. */
const struct image_entry *image_find(const struct image *image, const char *name);
/* Puts the entries into the archive's order. */
void image_arrange(struct image *image);
void image_free(struct image *image);

/* Makes "init" of "./init", as find(1) and cpio(1) write it; it is the same to the kernel. */
void image_strip_names(struct image *image);

#endif
