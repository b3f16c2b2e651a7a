#include "archive/image_path.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"
#include "base/path.h"

#define SYMLINKS_MAXIMUM 40u /* as the kernel follows */

/* A look-up under way, in an image that is no more than a list of names. */
struct lookup {
    char *here; /* as far as it has come: "usr/lib"; no symlinks are in it */
    char *rest; /* what is still to go */
    unsigned links;
};

/* One part further, or to where a symlink leads. The entry there, NULL when there is none. */
static const struct image_entry *go_on(const struct image *image, struct lookup *lookup, const char *part)
{
    char *path = allocate_format("%s%s%s", lookup->here, *lookup->here ? "/" : "", part);
    const struct image_entry *entry = image_find(image, path);

    if (entry && S_ISLNK(entry->mode) && ++lookup->links <= SYMLINKS_MAXIMUM) {
        int length = (int)entry->bytes.size;
        const char *target = length > 0 ? (const char *)entry->bytes.data : "";

        allocate_replace(&lookup->rest, allocate_format("%.*s/%s", length, target, lookup->rest));
        if (*target == '/')
            *lookup->here = '\0';
    } else {
        allocate_replace(&lookup->here, allocate_string(path));
    }
    free(path);
    return entry;
}

const struct image_entry *image_path_find(const struct image *image, const char *path)
{
    struct lookup lookup = {.here = allocate_string(""), .rest = allocate_string(path)};
    const struct image_entry *entry = NULL;
    bool is_lost = false;
    char *part;

    while (!is_lost && (part = path_take_part(&lookup.rest))) {
        if (!strcmp(part, "..")) {
            path_cut_last(lookup.here);
        } else if (strcmp(part, ".") != 0) {
            entry = go_on(image, &lookup, part);
            /* The kernel has left out what lies below a directory that is not there. */
            is_lost =
                !entry || (lookup.rest[strspn(lookup.rest, "/")] && !S_ISDIR(entry->mode) && !S_ISLNK(entry->mode));
        }
        free(part);
    }
    free(lookup.here);
    free(lookup.rest);
    return !is_lost && entry && S_ISREG(entry->mode) ? entry : NULL;
}
