#include "storage/volume_table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format/lvm2_plain.h"
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
    for (size_t i = 0; i < table->count; i++) {
        free((char *)(uintptr_t)table->targets[i].parameters);
        free(table->stripes[i].places);
    }
    free(table->targets);
    free(table->stripes);
    *table = (struct volume_table){0};
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

/* Where an extent of a physical volume lies. */
static int find_place(const struct reading *reading, struct lvm2_span name, uint64_t extent, struct volume_place *place)
{
    static const char *const states[] = {"ALLOCATABLE", NULL}, *const none[] = {NULL};
    struct lvm2_span described = lvm2_section(reading->group->described.physical_volumes, name);
    uint64_t start, offset;

    place->device = volume_group_device(reading->storage, reading->group, name);
    if (!place->device || volume_group_copy(reading->storage, place->device)
        || !read_number(described, "pe_start", &start) || !to_sectors(reading, extent, &offset)
        || start > UINT64_MAX >> 10 || !lvm2_has_only(lvm2_value(described, "status"), states)
        || !lvm2_has_only(lvm2_value(described, "flags"), none))
        return -EOPNOTSUPP;
    place->start = start + offset;
    return 0;
}

/* A segment's stripes are pairs: "pv0", and its first extent there. */
static int fill_stripes(const struct reading *reading, struct lvm2_span segment, struct volume_stripes *stripes)
{
    struct lvm2_span pairs = lvm2_value(segment, "stripes"), name;
    uint64_t extent;
    int result = 0;

    if (stripes->count > 1 && (!read_number(segment, "stripe_size", &stripes->chunk) || stripes->chunk == 0))
        return -EOPNOTSUPP;
    for (uint64_t i = 0; i < stripes->count && result == 0; i++) {
        if (!lvm2_next_string(&pairs, &name) || !lvm2_next_number(&pairs, &extent))
            return -EOPNOTSUPP;
        result = find_place(reading, name, extent, &stripes->places[i]);
    }
    return result;
}

/* Of dm-linear and dm-stripe (Documentation/admin-guide/device-mapper/{linear,striped}.rst). To be freed, or NULL. */
static char *write_parameters(const struct volume_stripes *stripes)
{
    size_t size = (size_t)(stripes->count + 1) * PLACE_SIZE, used = 0;
    char number[2][DECIMAL_SIZE], device[DEVICE_NUMBER_SIZE], *parameters = malloc(size);

    if (!parameters)
        return NULL;
    *parameters = '\0';
    if (stripes->count > 1)
        (void)text_join(parameters, size, text_decimal(stripes->count, number[0]), " ",
            text_decimal(stripes->chunk, number[1]), " ", NULL);
    for (uint64_t i = 0; i < stripes->count; i++) {
        const struct volume_place *place = &stripes->places[i];
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) ; find_place has found each */
        dev_t on = place->device->number;

        used = strlen(parameters);
        (void)text_join(parameters + used, size - used, i > 0 ? " " : "", text_device_number(on, device), " ",
            text_decimal(place->start, number[0]), NULL);
    }
    return parameters;
}

/* Makes room for one more, of which nothing is there yet. */
static int add_target(struct volume_table *table)
{
    struct mapped_target *targets = reallocarray(table->targets, table->count + 1, sizeof(*targets));
    struct volume_stripes *stripes;

    if (!targets)
        return -ENOMEM;
    table->targets = targets;
    stripes = reallocarray(table->stripes, table->count + 1, sizeof(*stripes));
    if (!stripes)
        return -ENOMEM;
    table->stripes = stripes;
    targets[table->count] = (struct mapped_target){0};
    stripes[table->count] = (struct volume_stripes){0};
    table->count++;
    return 0;
}

static int add_segment(const struct reading *reading, struct lvm2_span segment)
{
    struct volume_table *table = reading->table;
    struct lvm2_span type = lvm2_value(segment, "type"), name;
    struct volume_stripes *stripes;
    struct mapped_target *target;
    uint64_t start, extents;
    int result;

    if (!lvm2_next_string(&type, &name) || !lvm2_is(name, "striped"))
        return -EOPNOTSUPP;
    result = add_target(table);
    if (result < 0)
        return result;
    target = &table->targets[table->count - 1];
    stripes = &table->stripes[table->count - 1];
    if (!read_number(segment, "stripe_count", &stripes->count) || stripes->count == 0 || stripes->count > STRIPES_MAX
        || !read_number(segment, "start_extent", &start) || !read_number(segment, "extent_count", &extents)
        || !to_sectors(reading, start, &target->start) || !to_sectors(reading, extents, &target->size))
        return -EOPNOTSUPP;
    stripes->places = calloc((size_t)stripes->count, sizeof(*stripes->places));
    if (!stripes->places)
        return -ENOMEM;
    result = fill_stripes(reading, segment, stripes);
    if (result < 0)
        return result;
    target->type = stripes->count > 1 ? "striped" : "linear";
    target->parameters = write_parameters(stripes);
    return target->parameters ? 0 : -ENOMEM;
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
    int result;

    *table = (struct volume_table){.read_only = !lvm2_has(lvm2_value(volume->body, "status"), "WRITE")};
    if (!group->is_agreed || !lvm2_group_is_plain(&group->described)
        || !lvm2_volume_is_plain(&group->described, volume->name, volume->body))
        return -EOPNOTSUPP;
    result = add_segments(&(struct reading){storage, group, table}, volume->body);
    return result == 0 && table->count == 0 ? -EOPNOTSUPP : result;
}
