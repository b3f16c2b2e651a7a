#include "storage/lvm.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "module/modprobe.h"
#include "module/program.h"
#include "name/device_ref.h"
#include "storage/device_mapper.h"
#include "storage/volume_group.h"
#include "storage/volume_table.h"
#include "system/file.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define LVM "/sbin/lvm"
#define MAPPER "mapper/"

/* A group may lie on volumes of another, once those that are named are active. There is no udev to wait for or to ask,
 * no daemon, and no disk to keep copies of the metadata on; hints would be taken for true by the real root. Of all else
 * lvm.conf has its say. */
#define CONFIG                                                                                                         \
    "activation{udev_sync=0 udev_rules=0 monitoring=0} backup{backup=0 archive=0} global{use_lvmpolld=0} "             \
    "devices{obtain_device_list_from_udev=0 external_device_info_source=\"none\" hints=\"none\" scan_lvs=1}"

static bool is_wanted(const struct storage *storage)
{
    return !storage->options->no_lvm && storage_may_hold_wanted(storage, LVM);
}

static uint64_t patience(const struct storage *storage)
{
    (void)storage;
    return WAIT_QUIET_SECONDS * SECOND;
}

/* What a name in root= and its like says of a volume. */
enum named {
    NAMED_NOTHING, /* the volume may be it, or hold it */
    NAMED_THIS,
    NAMED_ANOTHER, /* of this group or another */
};

/* The first '/' of the name makes two parts of it, and no more. */
static bool has_two_parts(const char *name)
{
    const char *slash = strchr(name, '/');

    return slash && slash > name && slash[1] && !strchr(slash + 1, '/');
}

static bool begins_with(const char *text, const char *prefix)
{
    return !strncmp(text, prefix, strlen(prefix));
}

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
    const char *name = ref->value;

    if (ref->kind == DEVICE_REF_ID && begins_with(name, "dm-uuid-LVM-"))
        return strcmp(name + strlen("dm-uuid-"), volume->uuid) != 0 ? NAMED_ANOTHER : NAMED_THIS;
    if (ref->kind == DEVICE_REF_PATH && begins_with(name, MAPPER))
        name += strlen(MAPPER);
    else if (ref->kind == DEVICE_REF_ID && begins_with(name, "dm-name-"))
        name += strlen("dm-name-");
    else if (ref->kind == DEVICE_REF_PATH && has_two_parts(name) && !begins_with(name, "md/"))
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

/* Of raids and mirrors, lvm knows what they can do without. */
static bool may_lack_members(const struct logical_volume *volume)
{
    return logical_volume_has_type(volume, "raid") || logical_volume_has_type(volume, "mirror");
}

/* What is to be done about a volume now. */
enum answer {
    ANSWER_NOTHING, /* it is not wanted, or active */
    ANSWER_WAIT,    /* what it needs has not come, or it is wanted only if nothing else turns up */
    ANSWER_ACTIVATE,
};

static enum answer answer_for(
    const struct storage *storage, const struct volume_group *group, const struct logical_volume *volume, bool degraded)
{
    struct search search = {storage, group};
    enum named named = what_is_named(storage->wanted, group, volume);

    if (named != NAMED_THIS
        && (!is_allowed(storage, group, volume) || lvm2_has(lvm2_value(volume->body, "flags"), "ACTIVATION_SKIP")))
        return ANSWER_NOTHING;
    if (device_mapper_is_active(volume->mapped))
        return ANSWER_NOTHING;
    if (named == NAMED_ANOTHER && !degraded)
        return ANSWER_WAIT;
    return volume_group_visit(group, volume, has_come, &search) || (degraded && may_lack_members(volume))
               ? ANSWER_ACTIVATE
               : ANSWER_WAIT;
}

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

/* Volumes that are activated together, by one call of lvm. */
struct volumes {
    struct logical_volume *list;
    size_t count;
};

static int add_volume(struct volumes *volumes, const struct logical_volume *volume)
{
    struct logical_volume *longer = reallocarray(volumes->list, volumes->count + 1, sizeof(*longer));

    if (!longer)
        return -ENOMEM;
    volumes->list = longer;
    volumes->list[volumes->count++] = *volume;
    return 0;
}

/* Starts the program with the volumes' names behind its other arguments. A volume that is named may be one that is to
 * be skipped otherwise, as snapshots in a thin pool are. Returns as process_run. */
static int run_lvm(const struct volume_group *group, const struct volumes *volumes, bool is_named)
{
    static char lvm[] = LVM, change[] = "lvchange", yes[] = "--yes", activate[] = "--activate", y[] = "y",
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

/* Copies a span where a text is wanted. */
static const char *text_of(struct lvm2_span span, char text[MAPPED_NAME_SIZE])
{
    size_t length = (size_t)(span.end - span.at);

    length = length < MAPPED_NAME_SIZE ? length : MAPPED_NAME_SIZE - 1;
    memcpy(text, span.at, length);
    text[length] = '\0';
    return text;
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

/* A physical volume of another group that has the same name, or NULL. */
static const struct block_device *find_namesake(struct storage *storage, const struct volume_group *group)
{
    const struct block_device *found = NULL;

    for (size_t i = 0; i < storage->blocks->count && !found; i++) {
        const struct block_device *device = storage->blocks->list[i];
        struct volume_group other;

        if (!device->superblock.type || strcmp(device->superblock.type, lvm_assembler.type) != 0
            || volume_group_read(storage, device, &other) < 0)
            continue;
        if (lvm2_same(other.described.name, group->described.name)
            && !lvm2_same(other.described.id, group->described.id))
            found = device;
        volume_group_free(&other);
    }
    return found;
}

/* Why lvm does not activate volumes of the group, as far as its metadata tell; "" when they do not. */
static void find_reason(struct storage *storage, const struct volume_group *group, char reason[LOG_MESSAGE_SIZE / 2])
{
    char name[MAPPED_NAME_SIZE], owner[MAPPED_NAME_SIZE];
    struct lvm2_span system, value = lvm2_value(group->described.body, "system_id");
    const struct block_device *of = NULL, *copy = find_copy(storage, group, &of);
    const struct block_device *namesake = copy ? NULL : find_namesake(storage, group);

    (void)text_of(group->described.name, name);
    *reason = '\0';
    if (copy)
        (void)text_join(reason, LOG_MESSAGE_SIZE / 2, ": ", of->path, " and ", copy->path,
            " are copies of one physical volume, ", of->superblock.uuid, ": detach one, or see vgimportclone(8)", NULL);
    else if (namesake)
        (void)text_join(reason, LOG_MESSAGE_SIZE / 2, ": there is another volume group of that name, with ",
            namesake->path, ": detach it, or rename one with vgrename(8)", NULL);
    else if (lvm2_has(lvm2_value(group->described.body, "status"), "EXPORTED"))
        (void)text_join(reason, LOG_MESSAGE_SIZE / 2, ": the volume group is exported, see vgimport(8)", NULL);
    else if (lvm2_next_string(&value, &system) && system.at < system.end)
        (void)text_join(reason, LOG_MESSAGE_SIZE / 2, ": the volume group belongs to the system ",
            text_of(system, owner), ", see lvmsystemid(7)", NULL);
}

static void tell_failure(struct storage *storage, const struct volume_group *group, const struct logical_volume *volume,
    int result, const char *culprit)
{
    char name[MAPPED_NAME_SIZE], group_name[MAPPED_NAME_SIZE], reason[LOG_MESSAGE_SIZE / 2];
    const char *of = text_of(group->described.name, group_name), *what = text_of(volume->name, name);

    find_reason(storage, group, reason);
    if (result == -ENOENT)
        log_error("cannot activate ", of, "/", what, ": this image has no " LVM " (kindling build -f lvm)");
    else if (culprit && result < 0)
        log_error("cannot activate ", of, "/", what, ": cannot unpack ", culprit, ": ", strerror(-result));
    else
        log_error("lvm cannot activate ", of, "/", what, reason);
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

    while (i < volumes->count && what_is_named(storage->wanted, group, &volumes->list[i]) != NAMED_THIS)
        i++;
    return i < volumes->count;
}

static void activate(struct storage *storage, const struct volume_group *group, const struct volumes *volumes)
{
    char name[MAPPED_NAME_SIZE], group_name[MAPPED_NAME_SIZE];
    const char *culprit = NULL;
    bool has_failed = false;
    int result = program_unpack(storage->index, LVM, &culprit);

    if (result == 0) {
        culprit = NULL;
        modprobe_lend(); /* for what it takes of device-mapper besides */
        unpack_checks(storage, volumes);
        result = run_lvm(group, volumes, is_named(storage, group, volumes));
    }
    for (size_t i = 0; i < volumes->count; i++) {
        const struct logical_volume *volume = &volumes->list[i];

        if (device_mapper_is_active(volume->mapped)) {
            log_info("the logical volume ", text_of(group->described.name, group_name), "/",
                text_of(volume->name, name), " is active");
            continue;
        }
        if (!has_failed) /* once for all */
            tell_failure(storage, group, volume, result, culprit);
        has_failed = true;
    }
    if (has_failed)
        mark_failed(storage, group);
}

/* Settings that say which volumes and disks count. */
static bool is_policy(struct lvm2_span key)
{
    static const char *const policies[] = {
        "filter", "global_filter", "use_devicesfile", "volume_list", "read_only_volume_list", "system_id_source"};
    size_t i = 0;

    for (const char *c = key.at; c < key.end; c++)
        key.at = *c == '/' ? c + 1 : key.at; /* "devices/filter" outside of a section */
    while (i < sizeof(policies) / sizeof(policies[0]) && !lvm2_is(key, policies[i]))
        i++;
    return i < sizeof(policies) / sizeof(policies[0]);
}

static bool has_policy(struct lvm2_span settings)
{
    struct lvm2_entry entry;

    while (lvm2_next(&settings, &entry)) {
        if (is_policy(entry.key) || (entry.is_section && has_policy(entry.value)))
            return true;
    }
    return settings.at < settings.end; /* what is not understood */
}

/* True when the file of settings, should the image have it, is lvm's to heed. */
static bool file_has_policy(const struct storage *storage, const char *path)
{
    void *text;
    size_t size;
    bool found;

    if (program_unpack_file(storage->index, LVM, path) == -ENOENT || file_map(path, &text, &size) < 0)
        return false;
    found = has_policy((struct lvm2_span){text, (const char *)text + size});
    munmap(text, size);
    return found;
}

/* What is as simple as most, and what nobody has set rules for, needs no lvm: inflating and starting it takes longer
 * than all the rest. What looks odd in any way is left to it. */
static bool may_go_without_lvm(struct storage *storage, const struct volume_group *group)
{
    return !find_namesake(storage, group)
           && program_unpack_file(storage->index, LVM, "/etc/lvm/devices/system.devices") == -ENOENT
           && !file_has_policy(storage, "/etc/lvm/lvm.conf") && !file_has_policy(storage, "/etc/lvm/lvmlocal.conf");
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
            log_info("the logical volume ", text_of(group->described.name, group_name), "/",
                text_of(volume->name, name), " is active");
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
        enum answer answer = answer_for(storage, group, &volume, degraded);

        if (answer == ANSWER_ACTIVATE)
            result = add_volume(&volumes, &volume);
        waiting += answer == ANSWER_WAIT;
    }
    if (result == 0 && volumes.count > 0) {
        (void)module_load_named(storage->modules, "dm_mod"); /* built into the kernel as often as not */
        if (may_go_without_lvm(storage, group))
            activate_simple(storage, group, &volumes);
        if (volumes.count > 0)
            activate(storage, group, &volumes);
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

    if (text_join(list + used, size - used, used ? ", " : "", before, text_of(item, text), NULL) < 0)
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
    (void)text_of(group->described.name, name);
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
    .makes_what_is_wanted = true,
    .patience = patience,
    .is_wanted = is_wanted,
    .assemble = assemble,
    .explain = explain,
    .take_down = device_mapper_take_down};
