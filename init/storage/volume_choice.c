#include "storage/volume_choice.h"

#include <string.h>

#include "contract/prefix.h"
#include "name/device_ref.h"
#include "storage/device_mapper.h"
#include "storage/volume_table.h"

#define MAPPER "mapper/"

/* What a name in root= and its like says of a volume. */
enum named {
    NAMED_NOTHING, /* the volume may be it, or hold it */
    NAMED_THIS,
    NAMED_ANOTHER, /* of this group or another */
};

static bool is_path_of(const char *path, const struct volume_group *group, const struct logical_volume *volume)
{
    const char *slash = strchr(path, '/');

    return slash && lvm2_same((struct lvm2_span){path, slash}, group->described.name)
           && lvm2_is(volume->name, slash + 1);
}

static enum named what_is_named(
    const struct device_ref *ref, const struct volume_group *group, const struct logical_volume *volume)
{
    char split[MAPPED_VOLUME_SIZE] = "";
    const char *name = ref->value, *slash = strchr(name, '/');
    bool has_two_parts = slash && slash > name && slash[1] && !strchr(slash + 1, '/');

    if (ref->kind == DEVICE_REF_ID && begins_with(name, "dm-uuid-LVM-"))
        return strcmp(name + strlen("dm-uuid-"), volume->uuid) != 0 ? NAMED_ANOTHER : NAMED_THIS;
    if (ref->kind == DEVICE_REF_PATH && begins_with(name, MAPPER))
        name += strlen(MAPPER);
    else if (ref->kind == DEVICE_REF_ID && begins_with(name, "dm-name-"))
        name += strlen("dm-name-");
    else if (ref->kind == DEVICE_REF_PATH && has_two_parts && !begins_with(name, "md/"))
        return is_path_of(name, group, volume) ? NAMED_THIS : NAMED_ANOTHER;
    else
        return NAMED_NOTHING;
    if (!strcmp(name, volume->mapped))
        return NAMED_THIS;
    if (strlen(name) < MAPPED_NAME_SIZE)
        mapped_device_split_volume(name, split);
    return *split ? NAMED_ANOTHER : NAMED_NOTHING;
}

/* The words rd.lvm.lv= and rd.lvm.vg= name all that may be activated, but for what root= and its like name. */
static bool is_allowed(
    const struct storage *storage, const struct volume_group *group, const struct logical_volume *volume)
{
    size_t position = 0;
    bool is_free = true, is_listed = false;
    const char *word;

    while ((word = cmdline_next(storage->cmdline, "rd.lvm.lv", &position)) != NULL) {
        is_free = false;
        is_listed |= is_path_of(word, group, volume);
    }
    position = 0;
    while ((word = cmdline_next(storage->cmdline, "rd.lvm.vg", &position)) != NULL) {
        is_free = false;
        is_listed |= lvm2_is(group->described.name, word);
    }
    return is_free || is_listed;
}

struct search {
    const struct storage *storage;
    const struct volume_group *group;
};

static bool has_come(struct lvm2_span physical_volume, void *context)
{
    const struct search *search = context;

    return volume_group_device(search->storage, search->group, physical_volume) != NULL;
}

/* True when the volume, as its disks have it, is a file system or swap space of another name, in which nothing else can
 * be. Of a volume that only lvm knows how to read, this cannot be told before it is active. A btrfs that others stand
 * on is a part of theirs, and a system that sleeps in its swap space is to be seen. */
static bool holds_another(
    const struct storage *storage, const struct volume_group *group, const struct logical_volume *volume)
{
    struct volume_table table;
    struct superblock found;
    bool is_another = false;

    if (volume_table_read(&table, storage, group, volume) == 0 && volume_table_identify(&table, &found) == 0)
        is_another = (found.usage == SUPERBLOCK_FILESYSTEM || found.usage == SUPERBLOCK_SWAP) && !found.is_seed
                     && strcmp(found.type, "swsuspend") != 0
                     && !(device_ref_needs_superblock(storage->wanted)
                          && device_ref_matches(storage->wanted, &(struct device_identity){.superblock = &found}));
    volume_table_free(&table);
    return is_another;
}

enum volume_choice volume_choose(
    const struct storage *storage, const struct volume_group *group, const struct logical_volume *volume, bool degraded)
{
    struct search search = {storage, group};
    const struct device_ref *wanted = storage->wanted;
    enum named named = what_is_named(wanted, group, volume);

    if (named != NAMED_THIS
        && (!is_allowed(storage, group, volume) || lvm2_has(lvm2_value(volume->body, "flags"), "ACTIVATION_SKIP")))
        return VOLUME_LEFT;
    if (device_mapper_is_active(volume->mapped))
        return VOLUME_LEFT;
    if (named == NAMED_ANOTHER && !degraded)
        return VOLUME_WAITS;
    if (!volume_group_visit(group, volume, has_come, &search)) {
        /* Of raids and mirrors, lvm knows what they can do without. */
        return degraded && (logical_volume_has_type(volume, "raid") || logical_volume_has_type(volume, "mirror"))
                   ? VOLUME_IS_DUE
                   : VOLUME_WAITS;
    }
    /* Any volume may get one of the kernel's own names of mapped devices. */
    if (named == NAMED_THIS || wanted->kind == DEVICE_REF_NUMBER
        || (wanted->kind == DEVICE_REF_PATH && begins_with(wanted->value, "dm-")))
        return VOLUME_IS_DUE;
    return holds_another(storage, group, volume) ? VOLUME_LEFT : VOLUME_IS_DUE;
}

bool volume_is_named(
    const struct storage *storage, const struct volume_group *group, const struct logical_volume *volume)
{
    return what_is_named(storage->wanted, group, volume) == NAMED_THIS;
}
