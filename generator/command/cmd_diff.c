#include "command/commands.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "archive/image_archive.h"
#include "archive/image_module.h"
#include "archive/module_path.h"
#include "base/allocate.h"
#include "base/log.h"
#include "command/arguments.h"
#include "contract/index.h"

#define USAGE "diff IMAGE IMAGE"
#define USAGE_STATUS 2

/* An entry under the name by which it is looked for in the other image. */
struct item {
    char *key;
    const struct image_entry *entry;
    mode_t mode; /* as /init will have it, if it unpacks the entry */
    bool is_compressed;
};

struct side {
    struct image image;
    struct item *items; /* by key */
};

struct tally {
    size_t added;
    size_t removed;
    size_t changed;
};

static int compare_items(const void *a, const void *b)
{
    return strcmp(((const struct item *)a)->key, ((const struct item *)b)->key);
}

/* A program's file goes by the place where /init unpacks it. */
static void see_through(struct side *side)
{
    const struct image_entry *entry = image_find(&side->image, IMAGE_INDEX_PATH);
    struct index index;
    struct index_file file;

    if (!entry || index_attach(&index, entry->bytes.data, entry->bytes.size) < 0)
        return;
    for (uint32_t i = 0; index_file(&index, i, &file) == 0; i++) {
        const struct image_entry *member = image_find(&side->image, file.member);

        for (size_t k = 0; k < side->image.count; k++) {
            struct item *item = &side->items[k];

            if (item->entry != member || file.format == MEMBER_PLAIN)
                continue;
            allocate_replace(&item->key, allocate_string(file.path + strspn(file.path, "/")));
            item->mode = S_IFREG | (mode_t)file.permissions;
            item->is_compressed = true;
        }
    }
}

static int read_side(struct side *side, const char *path)
{
    int result = image_archive_read(path, &side->image);

    side->items = allocate((side->image.count + 1) * sizeof(*side->items));
    for (size_t i = 0; i < side->image.count; i++) {
        const struct image_entry *entry = side->image.entries[i];
        const char *name = entry->name;
        bool is_module = image_module_is(entry);
        char *module = is_module ? image_module_name(entry) : NULL;

        /* A module goes by its own name, all else by the entry's. */
        side->items[i] = (struct item){.key = is_module ? allocate_format("module %s", module)
                                                        : allocate_string(name + (strncmp(name, "./", 2) ? 0 : 2)),
            .entry = entry,
            .mode = entry->mode,
            .is_compressed = is_module && name[module_path_plain_length(name)] != '\0'};
        free(module);
    }
    see_through(side);
    if (side->image.count > 0)
        qsort(side->items, side->image.count, sizeof(*side->items), compare_items);
    return result;
}

static void free_side(struct side *side)
{
    for (size_t i = 0; i < side->image.count; i++)
        free(side->items[i].key);
    free(side->items);
    image_free(&side->image);
}

static bool has_same_bytes(const struct buffer *left, const struct buffer *right)
{
    return left->size == right->size && (left->size == 0 || !memcmp(left->data, right->data, left->size));
}

/* The bytes as they are used in the end; what cannot be decompressed stays as it is. */
static void inflate(const struct item *item, struct buffer *bytes)
{
    const struct image_entry *entry = item->entry;

    if (item->is_compressed && image_archive_decompress(entry->bytes.data, entry->bytes.size, entry->name, bytes) == 0)
        return;
    bytes->size = 0;
    buffer_append(bytes, entry->bytes.data, entry->bytes.size);
}

static bool is_packed_differently(const struct item *left, const struct item *right)
{
    struct buffer old = {0};
    struct buffer new = {0};
    bool is_same;

    if (!left->is_compressed && !right->is_compressed)
        return false;
    inflate(left, &old);
    inflate(right, &new);
    is_same = has_same_bytes(&old, &new);
    buffer_free(&old);
    buffer_free(&new);
    return is_same;
}

/* Names come from anywhere: control characters would speak to the terminal. */
static void print_name(char sign, const char *name)
{
    printf("%c ", sign);
    for (; *name; name++)
        putchar((unsigned char)*name < ' ' || *name == 0x7f ? '?' : *name);
}

static void print_lone(char sign, const struct item *item)
{
    print_name(sign, item->key);
    if (S_ISREG(item->entry->mode))
        printf(" (%zu bytes)", item->entry->bytes.size);
    putchar('\n');
}

/* What the two entries have different, in words; false when that is nothing. Times do not count. */
static bool print_change(const struct item *old, const struct item *new)
{
    const struct image_entry *left = old->entry;
    const struct image_entry *right = new->entry;
    bool has_same_mode = old->mode == new->mode;
    bool has_same_owner = left->uid == right->uid && left->gid == right->gid;
    bool is_same_device = left->device_major == right->device_major && left->device_minor == right->device_minor;
    bool has_same_content = has_same_bytes(&left->bytes, &right->bytes);

    if (has_same_mode && has_same_owner && is_same_device && has_same_content)
        return false;
    print_name('~', old->key);
    if (!has_same_mode)
        printf(" (mode %o -> %o)", old->mode, new->mode);
    if (!has_same_owner)
        printf(" (owner %u:%u -> %u:%u)", left->uid, left->gid, right->uid, right->gid);
    if (!is_same_device)
        printf(" (device %u:%u -> %u:%u)", left->device_major, left->device_minor, right->device_major,
            right->device_minor);
    if (!has_same_content)
        printf(" (%zu -> %zu bytes%s)", left->bytes.size, right->bytes.size,
            is_packed_differently(old, new) ? ", packed differently" : "");
    putchar('\n');
    return true;
}

static void compare(const struct side *old, const struct side *new, struct tally *tally)
{
    size_t i = 0;
    size_t k = 0;

    while (i < old->image.count || k < new->image.count) {
        int order = i == old->image.count   ? 1
                    : k == new->image.count ? -1
                                            : compare_items(&old->items[i], &new->items[k]);

        if (order == 0) {
            tally->changed += print_change(&old->items[i++], &new->items[k++]);
        } else if (order < 0) {
            print_lone('-', &old->items[i++]);
            tally->removed++;
        } else {
            print_lone('+', &new->items[k++]);
            tally->added++;
        }
    }
}

int cmd_diff(int argc, char **argv)
{
    struct side old = {0};
    struct side new = {0};
    struct tally tally = {0};
    int status;

    if (!arguments_are_plain(argc, argv))
        return USAGE_STATUS;
    if (argc - optind != 2) {
        log_error("usage: kindling " USAGE);
        return USAGE_STATUS;
    }
    status = read_side(&old, argv[optind]) < 0 || read_side(&new, argv[optind + 1]) < 0;
    if (status == 0) {
        compare(&old, &new, &tally);
        printf("%zu added, %zu removed, %zu changed\n", tally.added, tally.removed, tally.changed);
    }
    free_side(&old);
    free_side(&new);
    return status;
}
