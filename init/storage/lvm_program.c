#include "storage/lvm_program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "module/modprobe.h"
#include "module/program.h"
#include "storage/device_mapper.h"
#include "storage/lvm_settings.h"
#include "storage/volume_choice.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"

/* A group may lie on volumes of another, once those that are named are active. There is no udev to wait for or to ask,
 * no daemon, and no disk to keep copies of the metadata on; hints would be taken for true by the real root. Of all else
 * lvm.conf has its say. */
#define CONFIG                                                                                                         \
    "activation{udev_sync=0 udev_rules=0 monitoring=0} backup{backup=0 archive=0} global{use_lvmpolld=0} "             \
    "devices{obtain_device_list_from_udev=0 external_device_info_source=\"none\" hints=\"none\" scan_lvs=1}"

/* "GROUP/VOLUME", as lvm wants it; to be freed, or NULL. */
static char *path_of(const struct volume_group *group, const struct logical_volume *volume)
{
    size_t group_length = (size_t)(group->described.name.end - group->described.name.at);
    size_t length = (size_t)(volume->name.end - volume->name.at);
    char *path = malloc(group_length + length + 2);

    if (!path)
        return NULL;
    memcpy(path, group->described.name.at, group_length);
    path[group_length] = '/';
    memcpy(path + group_length + 1, volume->name.at, length);
    path[group_length + 1 + length] = '\0';
    return path;
}

/* Starts the program with the volumes' names behind its other arguments. A volume that is named may be one that is to
 * be skipped otherwise, as snapshots in a thin pool are. Returns as process_run. */
static int run_lvm(const struct volume_group *group, const struct volumes *volumes, bool is_named)
{
    static char lvm[] = LVM_PROGRAM, change[] = "lvchange", yes[] = "--yes", activate[] = "--activate", y[] = "y",
                sysinit[] = "--sysinit", config[] = "--config", settings[] = CONFIG,
                even_if_skipped[] = "--ignoreactivationskip";
    static char *const arguments[] = {lvm, change, yes, activate, y, sysinit, config, settings};
    const size_t first = sizeof(arguments) / sizeof(arguments[0]);
    char **argv = calloc(first + volumes->count + 2, sizeof(char *));
    uint64_t start = timing_now();
    int result = argv ? 0 : -ENOMEM;

    if (argv)
        memcpy(argv, arguments, sizeof(arguments));
    for (size_t i = 0; i < volumes->count && result == 0; i++) {
        argv[first + i] = path_of(group, &volumes->list[i]);
        result = argv[first + i] ? 0 : -ENOMEM;
    }
    if (result == 0 && is_named)
        argv[first + volumes->count] = even_if_skipped;
    if (result == 0)
        result = process_run(argv);
    timing_note("program", "lvm", start);
    for (size_t i = first; argv && i < first + volumes->count; i++)
        free(argv[i]);
    free(argv);
    return result;
}

static const struct block_device *find_copy(
    const struct storage *storage, const struct volume_group *group, const struct block_device **of)
{
    struct lvm2_span rest = group->described.physical_volumes;
    const struct block_device *copy = NULL;
    struct lvm2_entry entry;

    while (!copy && lvm2_next(&rest, &entry)) {
        *of = volume_group_device(storage, group, entry.key);
        copy = *of ? volume_group_copy(storage, *of) : NULL;
    }
    return copy;
}

/* Why lvm does not activate a volume, as far as the group's metadata tell. */
static void tell_failure(struct storage *storage, const struct volume_group *group, const struct logical_volume *volume,
    int result, const char *culprit)
{
    char name[MAPPED_NAME_SIZE], group_name[MAPPED_NAME_SIZE], owner[MAPPED_NAME_SIZE];
    const char *of = lvm2_text(group->described.name, group_name, sizeof(group_name)),
               *what = lvm2_text(volume->name, name, sizeof(name));
    struct lvm2_span system, value = lvm2_value(group->described.body, "system_id");
    const struct block_device *original = NULL, *copy = find_copy(storage, group, &original);
    const struct block_device *namesake = copy ? NULL : volume_group_namesake(storage, group);

    if (result == -ENOENT)
        log_error("cannot activate ", of, "/", what, ": this image has no " LVM_PROGRAM " (kindling build -f lvm)");
    else if (culprit && result < 0)
        log_error("cannot activate ", of, "/", what, ": cannot unpack ", culprit, ": ", strerror(-result));
    else if (copy)
        log_error("lvm cannot activate ", of, "/", what, ": ", original->path, " and ", copy->path,
            " are copies of one physical volume, ", original->superblock.uuid, ": detach one, or see vgimportclone(8)");
    else if (namesake)
        log_error("lvm cannot activate ", of, "/", what, ": there is another volume group of that name, with ",
            namesake->path, ": detach it, or rename one with vgrename(8)");
    else if (lvm2_has(lvm2_value(group->described.body, "status"), "EXPORTED"))
        log_error("lvm cannot activate ", of, "/", what, ": the volume group is exported, see vgimport(8)");
    else if (lvm2_next_string(&value, &system) && system.at < system.end)
        log_error("lvm cannot activate ", of, "/", what, ": the volume group belongs to the system ",
            lvm2_text(system, owner, sizeof(owner)), ", see lvmsystemid(7)");
    else if (lvm_settings_have_policy(storage->index))
        log_error("lvm cannot activate ", of, "/", what,
            ": this image's settings for lvm, in /etc/lvm, say which disks and volumes count");
    else
        log_error("lvm cannot activate ", of, "/", what);
}

/* Whoever has not come will be asked when he does; the others would fail again. */
static void mark_failed(const struct storage *storage, const struct volume_group *group)
{
    struct lvm2_span rest = group->described.physical_volumes;
    struct lvm2_entry entry;

    while (lvm2_next(&rest, &entry)) {
        struct block_device *device = volume_group_device(storage, group, entry.key);

        if (device)
            device->is_assembled = true;
    }
}

/* What lvm runs by itself on the metadata of pools and caches; without these it goes on. */
static void unpack_checks(const struct storage *storage, const struct volumes *volumes)
{
    const char *culprit;

    for (size_t i = 0; i < volumes->count; i++) {
        if (logical_volume_has_type(&volumes->list[i], "thin"))
            (void)program_unpack(storage->index, "/usr/sbin/thin_check", &culprit);
        if (logical_volume_has_type(&volumes->list[i], "cache"))
            (void)program_unpack(storage->index, "/usr/sbin/cache_check", &culprit);
    }
}

static bool is_named(const struct storage *storage, const struct volume_group *group, const struct volumes *volumes)
{
    size_t i = 0;

    while (i < volumes->count && !volume_is_named(storage, group, &volumes->list[i]))
        i++;
    return i < volumes->count;
}

void lvm_program_activate(struct storage *storage, const struct volume_group *group, const struct volumes *volumes)
{
    char name[MAPPED_NAME_SIZE], group_name[MAPPED_NAME_SIZE];
    const char *culprit = NULL;
    bool has_failed = false;
    int result = program_unpack(storage->index, LVM_PROGRAM, &culprit);

    if (result == 0) {
        culprit = NULL;
        modprobe_lend(); /* for what it takes of device-mapper besides */
        unpack_checks(storage, volumes);
        lvm_settings_provide_host_name(storage->index);
        result = run_lvm(group, volumes, is_named(storage, group, volumes));
    }
    for (size_t i = 0; i < volumes->count; i++) {
        const struct logical_volume *volume = &volumes->list[i];

        if (device_mapper_is_active(volume->mapped)) {
            log_info("the logical volume ", lvm2_text(group->described.name, group_name, sizeof(group_name)), "/",
                lvm2_text(volume->name, name, sizeof(name)),
                volume_is_named(storage, group, volume) ? " is active" : " is active: only that shows what is in it");
            continue;
        }
        if (!has_failed) /* once for all */
            tell_failure(storage, group, volume, result, culprit);
        has_failed = true;
    }
    if (has_failed)
        mark_failed(storage, group);
}
