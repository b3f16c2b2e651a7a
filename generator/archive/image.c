#include "archive/image.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/allocate.h"

#define SYMLINKS_MAXIMUM 40u /* as the kernel follows */

static const char *without_slashes(const char *name)
{
    return name + strspn(name, "/");
}

/* The position in by_name behind the last entry whose name is not greater. */
static size_t position_behind(const struct image *image, const char *name)
{
    size_t low = 0;
    size_t high = image->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (strcmp(image->by_name[middle]->name, name) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct image_entry *find(const struct image *image, const char *name)
{
    size_t position = position_behind(image, name);

    if (position == 0 || strcmp(image->by_name[position - 1]->name, name) != 0)
        return NULL;
    return image->by_name[position - 1];
}

/* The first symlink among the directories of a name; *length is how much of the name leads to it. */
static const struct image_entry *find_linked_parent(const struct image *image, const char *name, size_t *length)
{
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        char *parent = allocate_text(name, (size_t)(slash - name));
        const struct image_entry *entry = find(image, parent);

        free(parent);
        *length = (size_t)(slash - name);
        if (entry && S_ISLNK(entry->mode))
            return entry;
    }
    return NULL;
}

char *image_resolve(const struct image *image, const char *name)
{
    char *resolved = allocate_string(without_slashes(name));

    for (unsigned i = 0; i < SYMLINKS_MAXIMUM; i++) {
        size_t length;
        const struct image_entry *link = find_linked_parent(image, resolved, &length);
        const char *target, *slash;
        int target_length, directory_length;
        char *next;

        if (!link)
            break;
        target = (const char *)link->bytes.data;
        target_length = (int)link->bytes.size;
        slash = strrchr(link->name, '/');
        directory_length = slash ? (int)(slash - link->name) + 1 : 0;
        if (target_length > 0 && *target == '/') {
            directory_length = 0;
            target++;
            target_length--;
        }
        next = allocate_format("%.*s%.*s%s", directory_length, link->name, target_length, target, resolved + length);
        free(resolved);
        resolved = next;
    }
    return resolved;
}

const struct image_entry *image_find(const struct image *image, const char *name)
{
    char *resolved = image_resolve(image, name);
    const struct image_entry *entry = find(image, resolved);

    free(resolved);
    return entry;
}

void image_append(struct image *image, const struct image_entry *entry)
{
    size_t position = position_behind(image, entry->name);
    struct image_entry *added = allocate(sizeof(*added));

    *added = *entry;
    image->entries = allocate_more(image->entries, image->count, sizeof(void *));
    image->by_name = allocate_more(image->by_name, image->count, sizeof(void *));
    memmove(&image->by_name[position + 1], &image->by_name[position], (image->count - position) * sizeof(void *));
    image->entries[image->count] = added;
    image->by_name[position] = added;
    image->count++;
}

static int check_name(const char *name)
{
    if (strlen(name) > IMAGE_NAME_MAXIMUM)
        return -ENAMETOOLONG;
    do {
        size_t length = strcspn(name, "/");

        if (length == 0 || !strncmp(name, ".", length) || (length == 2 && !strncmp(name, "..", 2)))
            return -EINVAL;
        name += length;
    } while (*name++ == '/');
    return 0;
}

static int add_parents(struct image *image, const char *name, const char *origin)
{
    const char *slash = strrchr(name, '/');
    const struct image_entry *parent;
    char *parent_name;
    int result = 0;

    if (!slash)
        return 0;
    parent_name = allocate_text(name, (size_t)(slash - name));
    parent = find(image, parent_name);
    if (!parent)
        result = image_add_directory(image, parent_name, 0755, origin);
    else if (!S_ISDIR(parent->mode))
        result = -ENOTDIR;
    free(parent_name);
    return result;
}

/* entry: without its name and origin. Takes the entry's bytes only when it succeeds. */
static int add(struct image *image, const char *name, const char *origin, const struct image_entry *entry)
{
    struct image_entry added = *entry;
    int result;

    added.name = image_resolve(image, name);
    result = check_name(added.name);
    if (result == 0 && find(image, added.name))
        result = -EEXIST;
    if (result == 0)
        result = add_parents(image, added.name, origin);
    if (result < 0) {
        free(added.name);
        return result;
    }
    added.origin = allocate_string(origin);
    added.mtime = image->mtime;
    image_append(image, &added);
    return 0;
}

int image_add_directory(struct image *image, const char *name, mode_t permissions, const char *origin)
{
    struct image_entry *present = find(image, without_slashes(name));

    if (!present || !S_ISDIR(present->mode))
        return add(image, name, origin, &(struct image_entry){.mode = S_IFDIR | permissions});
    present->mode = S_IFDIR | permissions;
    return 0;
}

int image_add_file(struct image *image, const char *name, mode_t permissions, struct buffer *bytes,
    enum image_place place, const char *origin)
{
    struct image_entry entry = {.mode = S_IFREG | permissions, .bytes = *bytes, .place = place};
    int result = add(image, name, origin, &entry);

    if (result < 0)
        buffer_free(bytes);
    *bytes = (struct buffer){0};
    return result;
}

int image_add_symlink(struct image *image, const char *name, const char *target, const char *origin)
{
    struct image_entry entry = {.mode = S_IFLNK | 0777};
    int result;

    buffer_append_string(&entry.bytes, target);
    result = add(image, name, origin, &entry);
    if (result < 0)
        buffer_free(&entry.bytes);
    return result;
}

int image_add_device(
    struct image *image, const char *name, mode_t mode, unsigned major, unsigned minor, const char *origin)
{
    struct image_entry entry = {.mode = mode, .device_major = major, .device_minor = minor};

    return add(image, name, origin, &entry);
}

static int rank(const struct image_entry *entry)
{
    return S_ISDIR(entry->mode) ? -1 : (int)entry->place;
}

static int compare(const void *a, const void *b)
{
    const struct image_entry *left = *(struct image_entry *const *)a;
    const struct image_entry *right = *(struct image_entry *const *)b;

    if (rank(left) != rank(right))
        return rank(left) < rank(right) ? -1 : 1;
    return strcmp(left->name, right->name);
}

void image_arrange(struct image *image)
{
    if (image->count > 0)
        qsort(image->entries, image->count, sizeof(void *), compare);
}

void image_free(struct image *image)
{
    for (size_t i = 0; i < image->count; i++) {
        free(image->entries[i]->name);
        free(image->entries[i]->origin);
        buffer_free(&image->entries[i]->bytes);
        free(image->entries[i]);
    }
    free(image->entries);
    free(image->by_name);
    *image = (struct image){0};
}

void image_strip_names(struct image *image)
{
    struct image plain = {.mtime = image->mtime};

    for (size_t i = 0; i < image->count; i++) {
        struct image_entry *entry = image->entries[i];

        if (!strncmp(entry->name, "./", 2))
            memmove(entry->name, entry->name + 2, strlen(entry->name + 2) + 1);
        image_append(&plain, entry);
        free(entry);
    }
    free(image->entries);
    free(image->by_name);
    *image = plain;
}
