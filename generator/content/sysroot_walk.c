#include "content/sysroot_walk.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/allocate.h"
#include "base/path.h"
#include "base/sysroot.h"

#define SYMLINKS_MAXIMUM 40u /* as the kernel follows */

/* A path on the way, part by part: the same place as it is called in the image and where it really lies in the sysroot.
 * The names differ once a symlink had to become a directory. */
struct walk {
    struct image *image;
    const char *sysroot; /* "" for "/" */
    const char *origin;
    struct sysroot_place *place;
    char *name;    /* in the image: "usr/lib", "" for the root */
    char *real;    /* in the sysroot, without symlinks: "/usr/lib", "" for the root */
    char *pending; /* what is left of the path */
    unsigned symlinks;
};

static char *child_name(const struct walk *walk, const char *part)
{
    return allocate_format("%s%s%s", walk->name, *walk->name ? "/" : "", part);
}

static int follow(struct walk *walk, const char *part, const char *target)
{
    char *name = child_name(walk, part);
    const struct image_entry *present = image_find(walk->image, name);
    int result = 0;

    if (present
        && (!S_ISLNK(present->mode) || present->bytes.size != strlen(target)
            || memcmp(present->bytes.data, target, strlen(target)) != 0)) {
        /* The image has something else at the symlink's place: what the symlink leads to goes there. */
        char *path = allocate_format("%s/%s", walk->real, part);
        char *real = NULL;

        result = sysroot_canonical(*walk->sysroot ? walk->sysroot : "/", path, &real);
        free(path);
        if (result == 0) {
            allocate_replace(&walk->name, allocate_string(name));
            allocate_replace(&walk->real, allocate_string(strcmp(real, "/") != 0 ? real : ""));
        }
        free(real);
        free(name);
        return result;
    }
    if (!present)
        result = image_add_symlink(walk->image, name, target, walk->origin);
    free(name);
    allocate_replace(&walk->pending, allocate_format("%s/%s", target, walk->pending));
    if (*target == '/') {
        *walk->name = '\0';
        *walk->real = '\0';
    }
    return ++walk->symlinks > SYMLINKS_MAXIMUM ? -ELOOP : result;
}

static int visit(struct walk *walk, const char *part, const char *host_path)
{
    char target[PATH_MAX];
    struct stat status;
    ssize_t length;
    char *name;

    if (lstat(host_path, &status) < 0)
        return -errno;
    if (S_ISLNK(status.st_mode)) {
        length = readlink(host_path, target, sizeof(target) - 1);
        if (length <= 0)
            return length < 0 ? -errno : -ENOENT;
        target[length] = '\0';
        return follow(walk, part, target);
    }
    name = child_name(walk, part);
    if (walk->pending[strspn(walk->pending, "/")] != '\0') {
        allocate_replace(&walk->name, name);
        allocate_replace(&walk->real, allocate_format("%s/%s", walk->real, part));
        return 0;
    }
    if (S_ISREG(status.st_mode))
        *walk->place = (struct sysroot_place){.name = image_resolve(walk->image, name),
            .source = allocate_string(host_path),
            .permissions = status.st_mode & 0755};
    free(name);
    return S_ISREG(status.st_mode) ? 0 : S_ISDIR(status.st_mode) ? -EISDIR : -EINVAL;
}

int sysroot_walk(
    struct image *image, const char *sysroot, const char *path, const char *origin, struct sysroot_place *place)
{
    struct walk walk = {.image = image,
        .sysroot = strcmp(sysroot, "/") != 0 ? sysroot : "",
        .origin = origin,
        .place = place,
        .name = allocate_string(""),
        .real = allocate_string(""),
        .pending = allocate_string(path)};
    char *part;
    int result = 0;

    *place = (struct sysroot_place){0};
    while (result == 0 && (part = path_take_part(&walk.pending))) {
        char *host_path = allocate_format("%s%s/%s", walk.sysroot, walk.real, part);

        if (!strcmp(part, "..")) {
            path_cut_last(walk.name);
            path_cut_last(walk.real);
        } else if (strcmp(part, ".") != 0) {
            result = visit(&walk, part, host_path);
        }
        free(host_path);
        free(part);
    }
    if (result == 0 && !place->name)
        result = -EISDIR;
    free(walk.name);
    free(walk.real);
    free(walk.pending);
    return result;
}

void sysroot_place_free(struct sysroot_place *place)
{
    free(place->name);
    free(place->source);
    *place = (struct sysroot_place){0};
}
