#include "storage/volume_group.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "system/text.h"

#define TYPE "LVM2_member"

/* Volumes upon volumes: what runs in circles, or spreads without end, ends here. */
#define DEPTH_MAX 16u
#define VISITS_MAX 65536u

static bool read_at(int fd, void *bytes, uint64_t size, uint64_t offset)
{
    return size <= SSIZE_MAX && pread(fd, bytes, (size_t)size, (off_t)offset) == (ssize_t)size;
}

static int read_area(int fd, const struct device_range *area, struct volume_group *group)
{
    uint8_t header[LVM2_HEADER_SIZE];
    struct lvm2_text text;
    uint64_t size;
    int result;

    if (!read_at(fd, header, sizeof(header), area->offset))
        return -EIO;
    result = lvm2_find_text(header, area, &text);
    if (result < 0)
        return result;
    size = text.parts[0].size + text.parts[1].size;
    group->text = size <= SIZE_MAX ? malloc((size_t)size) : NULL;
    if (!group->text)
        return -ENOMEM;
    result = -EIO;
    if (read_at(fd, group->text, text.parts[0].size, text.parts[0].offset)
        && read_at(fd, group->text + text.parts[0].size, text.parts[1].size, text.parts[1].offset))
        result = lvm2_text_is_whole(&text, group->text, (size_t)size)
                     ? lvm2_group_read((struct lvm2_span){group->text, group->text + size}, &group->described)
                     : -EILSEQ;
    if (result < 0)
        volume_group_free(group);
    return result;
}

/* What lvm allows in names (lvm(8)); else it is no name to be handed to a program. */
static bool is_name(struct lvm2_span name)
{
    if (name.at == name.end || *name.at == '-' || lvm2_is(name, ".") || lvm2_is(name, ".."))
        return false;
    for (const char *c = name.at; c < name.end; c++) {
        if (!isalnum((unsigned char)*c) && !memchr("+_.-", *c, 4))
            return false;
    }
    return true;
}

/* What this volume says by itself. */
static int read_own(const struct block_device *device, struct volume_group *group)
{
    struct device_range areas[LVM2_AREAS_MAX];
    uint8_t head[LVM2_HEAD_SIZE];
    int fd = open(device->path, O_RDONLY | O_CLOEXEC);
    int result = -ENODATA;
    unsigned count;

    memset(group, 0, sizeof(*group));
    if (fd < 0)
        return -errno;
    count = read_at(fd, head, sizeof(head), 0) ? lvm2_find_areas(head, areas) : 0;
    for (unsigned i = 0; i < count && result < 0; i++) {
        result = read_area(fd, &areas[i], group);
        if (result == 0 && !is_name(group->described.name)) {
            volume_group_free(group);
            result = -EILSEQ;
        }
    }
    close(fd);
    return result;
}

void volume_group_free(struct volume_group *group)
{
    free(group->text);
    group->text = NULL;
}

static bool is_volume(struct block_device *device)
{
    block_device_read_superblock(device);
    return device->superblock.type && !strcmp(device->superblock.type, TYPE);
}

static bool has_device(const struct volume_group *group, const struct block_device *device)
{
    struct lvm2_span rest = group->described.physical_volumes, id, value;
    struct lvm2_entry entry;

    while (lvm2_next(&rest, &entry)) {
        value = lvm2_value(entry.value, "id");
        if (entry.is_section && lvm2_next_string(&value, &id) && lvm2_is(id, device->superblock.uuid))
            return true;
    }
    return false;
}

int volume_group_read(struct storage *storage, const struct block_device *device, struct volume_group *group)
{
    struct volume_group other;
    bool is_agreed = true;
    int result = read_own(device, group);

    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *next = storage->blocks->list[i];

        if (next == device || !is_volume(next) || read_own(next, &other) < 0)
            continue;
        if (result == 0 && lvm2_same(other.described.id, group->described.id))
            is_agreed &= other.described.sequence == group->described.sequence;
        if (has_device(&other, device) && (result < 0 || other.described.sequence > group->described.sequence)) {
            if (result == 0)
                volume_group_free(group);
            *group = other;
            result = 0;
        } else {
            volume_group_free(&other);
        }
    }
    group->is_agreed = is_agreed;
    return result;
}

struct block_device *volume_group_device(
    const struct storage *storage, const struct volume_group *group, struct lvm2_span name)
{
    struct lvm2_span id, value = lvm2_value(lvm2_section(group->described.physical_volumes, name), "id");

    if (!lvm2_next_string(&value, &id))
        return NULL;
    for (size_t i = 0; i < storage->blocks->count; i++) {
        if (is_volume(storage->blocks->list[i]) && lvm2_is(id, storage->blocks->list[i]->superblock.uuid))
            return storage->blocks->list[i];
    }
    return NULL;
}

struct block_device *volume_group_copy(const struct storage *storage, const struct block_device *device)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *other = storage->blocks->list[i];

        if (other != device && is_volume(other) && !strcmp(other->superblock.uuid, device->superblock.uuid))
            return other;
    }
    return NULL;
}

/* Appends the text, of which a character may be doubled or left out. False when there is no room. */
static bool append(char *out, size_t size, struct lvm2_span text, char doubled, char left_out)
{
    size_t used = strlen(out);

    for (; text.at < text.end; text.at++) {
        if (used + 2 >= size)
            return false;
        if (*text.at != left_out)
            out[used++] = *text.at;
        if (*text.at == doubled)
            out[used++] = doubled;
    }
    out[used] = '\0';
    return true;
}

/* libdm's build_dm_name and build_dm_uuid. identified: the body of the volume whose id it is. */
static bool name_volume(const struct volume_group *group, struct lvm2_span identified, struct logical_volume *volume)
{
    struct lvm2_span id, value = lvm2_value(identified, "id"), dash = lvm2_span_of("-");

    *volume->mapped = *volume->uuid = '\0';
    return lvm2_next_string(&value, &id)
           && append(volume->mapped, sizeof(volume->mapped), group->described.name, '-', '\0')
           && append(volume->mapped, sizeof(volume->mapped), dash, '\0', '\0')
           && append(volume->mapped, sizeof(volume->mapped), volume->name, '-', '\0')
           && append(volume->uuid, sizeof(volume->uuid), lvm2_span_of("LVM-"), '\0', '\0')
           && append(volume->uuid, sizeof(volume->uuid), group->described.id, '\0', '-')
           && append(volume->uuid, sizeof(volume->uuid), id, '\0', '-');
}

static bool is_segment(const struct lvm2_entry *entry)
{
    size_t length = strlen("segment");

    return entry->is_section && (size_t)(entry->key.end - entry->key.at) > length
           && !memcmp(entry->key.at, "segment", length);
}

bool logical_volume_has_type(const struct logical_volume *volume, const char *prefix)
{
    struct lvm2_span rest = volume->body, type, value;
    struct lvm2_entry entry;

    while (lvm2_next(&rest, &entry)) {
        value = lvm2_value(entry.value, "type");
        if (is_segment(&entry) && lvm2_next_string(&value, &type) && (size_t)(type.end - type.at) >= strlen(prefix)
            && !memcmp(type.at, prefix, strlen(prefix)))
            return true;
    }
    return false;
}

/* Pools are there for the volumes in them. */
static bool is_pool(const struct logical_volume *volume)
{
    return logical_volume_has_type(volume, "thin-pool") || logical_volume_has_type(volume, "cache-pool")
           || logical_volume_has_type(volume, "vdo-pool");
}

/* What people call a snapshot is named as the hidden volume that keeps the differences; the one that is visible stands
 * for the pair of that and the origin. */
static struct lvm2_span identify(const struct volume_group *group, struct logical_volume *volume)
{
    struct lvm2_span store, value = lvm2_value(lvm2_section(volume->body, lvm2_span_of("segment1")), "cow_store");

    if (!lvm2_next_string(&value, &store))
        return volume->body;
    volume->name = store;
    return lvm2_section(group->described.logical_volumes, store);
}

bool volume_group_next(const struct volume_group *group, size_t *position, struct logical_volume *volume)
{
    struct lvm2_span rest = group->described.logical_volumes;
    struct lvm2_entry entry;
    struct lvm2_span identified;

    for (size_t i = 0; lvm2_next(&rest, &entry); i++) {
        if (i < *position || !entry.is_section || !lvm2_has(lvm2_value(entry.value, "status"), "VISIBLE"))
            continue;
        *volume = (struct logical_volume){.name = entry.key, .body = entry.value};
        *position = i + 1;
        identified = identify(group, volume);
        if (is_name(volume->name) && !is_pool(volume) && name_volume(group, identified, volume))
            return true;
    }
    return false;
}

struct visit {
    unsigned left;
    const struct volume_group *group;
    bool (*visit)(struct lvm2_span physical_volume, void *context);
    void *context;
};

static bool visit_volume(struct visit *visit, struct lvm2_span body, unsigned depth);

/* Whatever a segment names that is a volume, is a part of it. */
static bool visit_value(struct visit *visit, struct lvm2_span value, unsigned depth)
{
    struct lvm2_span name;

    while (lvm2_next_string(&value, &name)) {
        struct lvm2_span physical = lvm2_section(visit->group->described.physical_volumes, name);
        struct lvm2_span logical = lvm2_section(visit->group->described.logical_volumes, name);

        if (physical.at < physical.end && !visit->visit(name, visit->context))
            return false;
        if (physical.at == physical.end && logical.at < logical.end && !visit_volume(visit, logical, depth + 1))
            return false;
    }
    return true;
}

static bool visit_segment(struct visit *visit, struct lvm2_span segment, unsigned depth)
{
    struct lvm2_entry entry;

    while (lvm2_next(&segment, &entry)) {
        if (!entry.is_section && !lvm2_is(entry.key, "type") && !lvm2_is(entry.key, "tags")
            && !visit_value(visit, entry.value, depth))
            return false;
    }
    return true;
}

static bool visit_volume(struct visit *visit, struct lvm2_span body, unsigned depth)
{
    struct lvm2_entry entry;

    if (visit->left == 0)
        return true;
    visit->left--;
    while (depth < DEPTH_MAX && lvm2_next(&body, &entry)) {
        if (is_segment(&entry) && !visit_segment(visit, entry.value, depth))
            return false;
    }
    return true;
}

bool volume_group_visit(const struct volume_group *group, const struct logical_volume *volume,
    bool (*visit)(struct lvm2_span physical_volume, void *context), void *context)
{
    return visit_volume(&(struct visit){VISITS_MAX, group, visit, context}, volume->body, 0);
}
