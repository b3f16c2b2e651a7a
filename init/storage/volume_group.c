#include "storage/volume_group.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "device/block_device_read.h"
#include "system/text.h"

#define TYPE "LVM2_member"

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
        if (result == 0 && !lvm2_is_name(group->described.name)) {
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

const struct block_device *volume_group_namesake(struct storage *storage, const struct volume_group *group)
{
    const struct block_device *found = NULL;

    for (size_t i = 0; i < storage->blocks->count && !found; i++) {
        struct volume_group other;

        if (!is_volume(storage->blocks->list[i]) || volume_group_read(storage, storage->blocks->list[i], &other) < 0)
            continue;
        if (lvm2_same(other.described.name, group->described.name)
            && !lvm2_same(other.described.id, group->described.id))
            found = storage->blocks->list[i];
        volume_group_free(&other);
    }
    return found;
}
