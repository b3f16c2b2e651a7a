#include "format/lvm2_plain.h"

bool lvm2_has_only(struct lvm2_span list, const char *const *words)
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

bool lvm2_group_is_plain(const struct lvm2_group *group)
{
    static const char *const states[] = {"RESIZEABLE", "READ", "WRITE", NULL}, *const none[] = {NULL};
    struct lvm2_span system = lvm2_value(group->body, "system_id"), lock = lvm2_value(group->body, "lock_type"), owner;

    return lvm2_has_only(lvm2_value(group->body, "status"), states)
           && lvm2_has_only(lvm2_value(group->body, "flags"), none)
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

bool lvm2_volume_is_plain(const struct lvm2_group *group, struct lvm2_span name, struct lvm2_span body)
{
    static const char *const states[] = {"READ", "WRITE", "VISIBLE", NULL}, *const none[] = {NULL};

    return lvm2_has_only(lvm2_value(body, "status"), states) && lvm2_has_only(lvm2_value(body, "flags"), none)
           && !is_part(group, name);
}

static bool is_striped(struct lvm2_span volume)
{
    struct lvm2_entry entry;
    struct lvm2_span type, value;
    bool is_all_striped = true;

    while (is_all_striped && lvm2_next(&volume, &entry)) {
        value = lvm2_value(entry.value, "type");
        if (entry.is_section)
            is_all_striped = lvm2_next_string(&value, &type) && lvm2_is(type, "striped");
    }
    return is_all_striped;
}

/* A volume as lvm2_volume_is_plain has it, and linear or striped; other keys of the section are none. */
static bool is_simple(const struct lvm2_group *group, const struct lvm2_entry *entry)
{
    return entry->is_section && lvm2_volume_is_plain(group, entry->key, entry->value) && is_striped(entry->value);
}

bool lvm2_group_has_plain(const struct lvm2_group *group)
{
    struct lvm2_span volumes = group->logical_volumes;
    struct lvm2_entry entry;

    while (lvm2_next(&volumes, &entry)) {
        if (is_simple(group, &entry) && lvm2_has(lvm2_value(entry.value, "status"), "VISIBLE"))
            return true;
    }
    return false;
}

bool lvm2_group_is_all_plain(const struct lvm2_group *group)
{
    struct lvm2_span volumes = group->logical_volumes;
    struct lvm2_entry entry;
    bool is_all_plain = lvm2_group_is_plain(group);

    while (is_all_plain && lvm2_next(&volumes, &entry))
        is_all_plain = !entry.is_section || is_simple(group, &entry);
    return is_all_plain;
}
