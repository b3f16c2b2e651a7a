#include "storage/volume_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "system/text.h"

/* Of a part that is striped; nobody has more disks in one. */
#define STRIPES_MAX 128u

/* "254:16 2048", with a blank before it. */
#define PLACE_SIZE (3 * DECIMAL_SIZE)

struct reading {
    const struct storage *storage;
    const struct volume_group *group;
    struct volume_table *table;
};

void volume_table_free(struct volume_table *table)
{
    for (size_t i = 0; i < table->count; i++)
        free((char *)(uintptr_t)table->targets[i].parameters);
    free(table->targets);
    *table = (struct volume_table){0};
}

/* True when the list has no other strings than these. */
static bool has_only(struct lvm2_span list, const char *const *words)
{
    struct lvm2_span word;
    bool is_known = true;

    while (is_known && lvm2_next_string(&list, &word)) {
        size_t i = 0;

        while (words[i] && !lvm2_is(word, words[i]))
            i++;
        is_known = words[i] != NULL;
    }
    return is_known;
}

static bool is_plain_group(const struct lvm2_group *group)
{
    static const char *const states[] = {"RESIZEABLE", "READ", "WRITE", NULL}, *const none[] = {NULL};
    struct lvm2_span system = lvm2_value(group->body, "system_id"), lock = lvm2_value(group->body, "lock_type"), owner;

    return has_only(lvm2_value(group->body, "status"), states) && has_only(lvm2_value(group->body, "flags"), none)
           && (!lvm2_next_string(&system, &owner) || owner.at == owner.end) && lock.at == lock.end;
}

static bool names(struct lvm2_span section, struct lvm2_span name)
{
    struct lvm2_entry entry;
    struct lvm2_span string;

    while (lvm2_next(&section, &entry)) {
        while (!entry.is_section && lvm2_next_string(&entry.value, &string)) {
            if (lvm2_same(string, name))
                return true;
        }
    }
    return false;
}

/* The origin of a snapshot, or a part of anything else. */
static bool is_part(const struct lvm2_group *group, struct lvm2_span name)
{
    struct lvm2_span volumes = group->logical_volumes;
    struct lvm2_entry volume, segment;

    while (lvm2_next(&volumes, &volume)) {
        while (volume.is_section && lvm2_next(&volume.value, &segment)) {
            if (segment.is_section && names(segment.value, name))
                return true;
        }
    }
    return false;
}

static bool read_number(struct lvm2_span section, const char *key, uint64_t *number)
{
    struct lvm2_span value = lvm2_value(section, key);

    return lvm2_next_number(&value, number);
}

/* Sectors of so many extents. False when the number is no disk's. */
static bool to_sectors(const struct reading *reading, uint64_t extents, uint64_t *sectors)
{
    uint64_t size = reading->group->described.extent_size;

    *sectors = extents * size;
    return size > 0 && extents <= (UINT64_MAX >> 10) / size;
}

/* Appends " MAJOR:MINOR OFFSET" of an extent of a physical volume. */
static int append_place(
    const struct reading *reading, struct lvm2_span name, uint64_t extent, char *parameters, size_t size)
{
    static const char *const states[] = {"ALLOCATABLE", NULL}, *const none[] = {NULL};
    struct lvm2_span described = lvm2_section(reading->group->described.physical_volumes, name);
    const struct block_device *device = volume_group_device(reading->storage, reading->group, name);
    char number[3][DECIMAL_SIZE];
    uint64_t start, offset;
    size_t used = strlen(parameters);

    if (!device || volume_group_copy(reading->storage, device) || !read_number(described, "pe_start", &start)
        || !to_sectors(reading, extent, &offset) || start > UINT64_MAX >> 10
        || !has_only(lvm2_value(described, "status"), states) || !has_only(lvm2_value(described, "flags"), none))
        return -EOPNOTSUPP;
    return text_join(parameters + used, size - used, " ", text_decimal(major(device->number), number[0]), ":",
        text_decimal(minor(device->number), number[1]), " ", text_decimal(start + offset, number[2]), NULL);
}

/* The parameters of dm-linear and dm-stripe (Documentation/admin-guide/device-mapper/{linear,striped}.rst), with a
 * blank before the former's. A segment's stripes are pairs: "pv0", and its first extent there. */
static int fill_parameters(
    const struct reading *reading, struct lvm2_span segment, uint64_t count, char *parameters, size_t size)
{
    struct lvm2_span stripes = lvm2_value(segment, "stripes"), name;
    char decimal[2][DECIMAL_SIZE];
    uint64_t chunk, extent;
    int result = 0;

    *parameters = '\0';
    if (count > 1)
        result = read_number(segment, "stripe_size", &chunk) ? text_join(
                     parameters, size, text_decimal(count, decimal[0]), " ", text_decimal(chunk, decimal[1]), NULL)
                                                             : -EOPNOTSUPP;
    for (uint64_t i = 0; i < count && result == 0; i++) {
        if (!lvm2_next_string(&stripes, &name) || !lvm2_next_number(&stripes, &extent))
            return -EOPNOTSUPP;
        result = append_place(reading, name, extent, parameters, size);
    }
    return result;
}

static int add_segment(const struct reading *reading, struct lvm2_span segment)
{
    struct volume_table *table = reading->table;
    struct lvm2_span type = lvm2_value(segment, "type"), name;
    struct mapped_target target = {0}, *longer;
    uint64_t start, extents, count;
    char *parameters;
    size_t size;
    int result;

    if (!lvm2_next_string(&type, &name) || !lvm2_is(name, "striped") || !read_number(segment, "stripe_count", &count)
        || count == 0 || count > STRIPES_MAX || !read_number(segment, "start_extent", &start)
        || !read_number(segment, "extent_count", &extents) || !to_sectors(reading, start, &target.start)
        || !to_sectors(reading, extents, &target.size))
        return -EOPNOTSUPP;
    longer = reallocarray(table->targets, table->count + 1, sizeof(*longer));
    if (!longer)
        return -ENOMEM;
    table->targets = longer;
    size = (size_t)(count + 1) * PLACE_SIZE;
    parameters = malloc(size);
    if (!parameters)
        return -ENOMEM;
    target.type = count > 1 ? "striped" : "linear";
    target.parameters = parameters;
    table->targets[table->count++] = target;
    result = fill_parameters(reading, segment, count, parameters, size);
    if (result == 0 && count == 1)
        memmove(parameters, parameters + 1, strlen(parameters));
    return result;
}

static int add_segments(const struct reading *reading, struct lvm2_span volume)
{
    const struct volume_table *table = reading->table;
    struct lvm2_entry entry;
    uint64_t announced, end = 0;
    int result = read_number(volume, "segment_count", &announced) ? 0 : -EOPNOTSUPP;

    while (result == 0 && lvm2_next(&volume, &entry)) {
        if (!entry.is_section)
            continue;
        result = add_segment(reading, entry.value);
        if (result == 0 && table->targets[table->count - 1].start != end)
            result = -EOPNOTSUPP;
        if (result == 0)
            end += table->targets[table->count - 1].size;
    }
    return result < 0 || table->count == announced ? result : -EOPNOTSUPP;
}

int volume_table_read(struct volume_table *table, const struct storage *storage, const struct volume_group *group,
    const struct logical_volume *volume)
{
    static const char *const states[] = {"READ", "WRITE", "VISIBLE", NULL}, *const none[] = {NULL};
    struct lvm2_span status = lvm2_value(volume->body, "status");
    int result;

    *table = (struct volume_table){.read_only = !lvm2_has(status, "WRITE")};
    if (!group->is_agreed || !is_plain_group(&group->described) || is_part(&group->described, volume->name)
        || !has_only(status, states) || !has_only(lvm2_value(volume->body, "flags"), none))
        return -EOPNOTSUPP;
    result = add_segments(&(struct reading){storage, group, table}, volume->body);
    return result == 0 && table->count == 0 ? -EOPNOTSUPP : result;
}
