#include "storage/logical_volume.h"

#include <string.h>

/* Volumes upon volumes: what runs in circles, or spreads without end, ends here. */
#define DEPTH_MAX 16u
#define VISITS_MAX 65536u

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

bool volume_group_next(const struct volume_group *group, size_t *position, struct logical_volume *volume)
{
    struct lvm2_span rest = group->described.logical_volumes;
    struct lvm2_entry entry;
    struct lvm2_span identified, store;

    for (size_t i = 0; lvm2_next(&rest, &entry); i++) {
        if (i < *position || !entry.is_section || !lvm2_has(lvm2_value(entry.value, "status"), "VISIBLE"))
            continue;
        *volume = (struct logical_volume){.name = entry.key, .body = entry.value};
        *position = i + 1;
        /* What people call a snapshot is named as the hidden volume that keeps the differences; the one that is
         * visible stands for the pair of that and the origin. */
        identified = entry.value;
        store = lvm2_value(lvm2_section(volume->body, lvm2_span_of("segment1")), "cow_store");
        if (lvm2_next_string(&store, &volume->name))
            identified = lvm2_section(group->described.logical_volumes, volume->name);
        if (lvm2_is_name(volume->name) && !is_pool(volume) && name_volume(group, identified, volume))
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
