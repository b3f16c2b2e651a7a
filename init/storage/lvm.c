#include "storage/lvm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "storage/device_mapper.h"
#include "storage/lvm_program.h"
#include "storage/lvm_settings.h"
#include "storage/volume_choice.h"
#include "storage/volume_table.h"
#include "system/text.h"
#include "system/waits.h"

static bool is_wanted(const struct storage *storage)
{
    return !storage->options->no_lvm && storage_may_hold_wanted(storage, LVM_PROGRAM);
}

static uint64_t patience(const struct storage *storage)
{
    (void)storage;
    return WAIT_QUIET_SECONDS * SECOND;
}

static int add_volume(struct volumes *volumes, const struct logical_volume *volume)
{
    struct logical_volume *longer = reallocarray(volumes->list, volumes->count + 1, sizeof(*longer));

    if (!longer)
        return -ENOMEM;
    volumes->list = longer;
    volumes->list[volumes->count++] = *volume;
    return 0;
}

/* Takes those out that it has activated. */
static void activate_simple(struct storage *storage, const struct volume_group *group, struct volumes *volumes)
{
    char name[MAPPED_NAME_SIZE], group_name[MAPPED_NAME_SIZE];
    size_t left = 0;

    for (size_t i = 0; i < volumes->count; i++) {
        const struct logical_volume *volume = &volumes->list[i];
        struct volume_table table;
        int result = volume_table_read(&table, storage, group, volume);

        if (result == 0)
            result = device_mapper_create(volume->mapped, volume->uuid, table.read_only, table.targets, table.count);
        volume_table_free(&table);
        if (result == 0)
            log_info("the logical volume ", lvm2_text(group->described.name, group_name, sizeof(group_name)), "/",
                lvm2_text(volume->name, name, sizeof(name)), " is active");
        else
            volumes->list[left++] = *volume;
    }
    volumes->count = left;
}

/* Returns 1 when nothing of the group is waited for, 0 or -errno. */
static int activate_due(struct storage *storage, const struct volume_group *group, bool degraded)
{
    struct logical_volume volume;
    struct volumes volumes = {0};
    size_t position = 0, waiting = 0;
    int result = 0;

    while (result == 0 && volume_group_next(group, &position, &volume)) {
        enum volume_choice choice = volume_choose(storage, group, &volume, degraded);

        if (choice == VOLUME_IS_DUE)
            result = add_volume(&volumes, &volume);
        waiting += choice == VOLUME_WAITS;
    }
    if (result == 0 && volumes.count > 0) {
        (void)module_load_named(storage->modules, "dm_mod"); /* built into the kernel as often as not */
        /* What is as simple as most, and what nobody has set rules for, needs no lvm: inflating and starting it takes
         * longer than all the rest. What looks odd in any way is left to it. */
        if (!volume_group_namesake(storage, group) && !lvm_settings_have_policy(storage->index))
            activate_simple(storage, group, &volumes);
        if (volumes.count > 0)
            lvm_program_activate(storage, group, &volumes);
    }
    free(volumes.list);
    return result < 0 ? result : waiting == 0;
}

static int assemble(struct storage *storage, struct block_device *member, bool degraded)
{
    struct volume_group group;
    int result;

    if (!is_wanted(storage))
        return 1;
    result = volume_group_read(storage, member, &group);
    if (result == -ENODATA)
        return 0; /* another may tell */
    if (result < 0)
        return result;
    result = activate_due(storage, &group, degraded);
    volume_group_free(&group);
    return result;
}

/* Appends to a list, "a, b"; what has no room is left out. */
static void append(char *list, size_t size, const char *before, struct lvm2_span item)
{
    size_t used = strlen(list);
    char text[MAPPED_NAME_SIZE];

    if (text_join(list + used, size - used, used ? ", " : "", before, lvm2_text(item, text, sizeof(text)), NULL) < 0)
        list[used] = '\0';
}

static void explain_group(const struct storage *storage, const struct block_device *member,
    const struct volume_group *group, char sentence[LOG_MESSAGE_SIZE])
{
    char name[MAPPED_NAME_SIZE], list[LOG_MESSAGE_SIZE / 2] = "", lacking[DECIMAL_SIZE], all[DECIMAL_SIZE];
    struct lvm2_span rest = group->described.physical_volumes, id, value;
    struct logical_volume volume;
    struct lvm2_entry entry;
    uint64_t count = 0, missing = 0;
    size_t position = 0;

    for (; lvm2_next(&rest, &entry); count++) {
        value = lvm2_value(entry.value, "id");
        if (volume_group_device(storage, group, entry.key) || !lvm2_next_string(&value, &id))
            continue;
        missing++;
        append(list, sizeof(list), "uuid ", id);
    }
    (void)lvm2_text(group->described.name, name, sizeof(name));
    if (missing > 0) {
        (void)text_join(sentence, LOG_MESSAGE_SIZE, "in ", member->path, " is a physical volume of the volume group ",
            name, ", which lacks ", text_decimal(missing, lacking), " of ", text_decimal(count, all), ": ", list, NULL);
        return;
    }
    while (volume_group_next(group, &position, &volume))
        append(list, sizeof(list), "", volume.name);
    (void)text_join(sentence, LOG_MESSAGE_SIZE, "in ", member->path, " is a physical volume of the volume group ", name,
        ", which is complete and has the volumes ", list, NULL);
}

static void explain(struct storage *storage, struct block_device *member, char sentence[LOG_MESSAGE_SIZE])
{
    struct volume_group group;
    int result = volume_group_read(storage, member, &group);

    if (result == 0) {
        explain_group(storage, member, &group, sentence);
        volume_group_free(&group);
        return;
    }
    (void)text_join(sentence, LOG_MESSAGE_SIZE, "in ", member->path, " is a physical volume ",
        result == -ENODATA ? "that does not tell its volume group: others that have not come may"
                           : "whose metadata cannot be read: ",
        result == -ENODATA ? "" : strerror(-result), NULL);
}

const struct assembler lvm_assembler = {.type = "LVM2_member",
    .links = "dm-,lvm-",
    .makes_what_is_wanted = true,
    .patience = patience,
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain,
    .take_down = device_mapper_take_down};
