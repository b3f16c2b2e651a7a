#include "image.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "allocate.h"

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

const struct image_entry *image_find(const struct image *image, const char *name)
{
    return find(image, without_slashes(name));
}

void image_append(struct image *image, const struct image_entry *entry)
{
    size_t position = position_behind(image, entry->name);
    struct image_entry *added = allocate(sizeof(*added));

    *added = *entry;
    image->entries = allocate_more(image->entries, image->count, sizeof(*image->entries));
    image->by_name = allocate_more(image->by_name, image->count, sizeof(*image->by_name));
    memmove(&image->by_name[position + 1], &image->by_name[position],
        (image->count - position) * sizeof(*image->by_name));
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

    name = without_slashes(name);
    result = check_name(name);
    if (result == 0 && find(image, name))
        result = -EEXIST;
    if (result == 0)
        result = add_parents(image, name, origin);
    if (result < 0)
        return result;
    added.name = allocate_string(name);
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
        qsort(image->entries, image->count, sizeof(*image->entries), compare);
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
