#include "storage/dmraid.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "contract/prefix.h"
#include "module/program.h"
#include "name/mapped_device.h"
#include "storage/device_mapper.h"
#include "storage/mapped_partitions.h"
#include "system/process.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

#define DMRAID_PROGRAM "/sbin/dmraid"

/* As dmraid calls the formats. */
static const struct {
    const char *type, *format;
} formats[] = {{"nvidia_raid_member", "nvidia"}, {"silicon_medley_raid_member", "sil"},
    {"promise_fasttrack_raid_member", "pdc"}, {"adaptec_raid_member", "asr"}, {"lsi_mega_raid_member", "lsi"},
    {"jmicron_raid_member", "jmicron"}, {"via_raid_member", "via"}, {"hpt45x_raid_member", "hpt45x"},
    {"hpt37x_raid_member", "hpt37x"}};

static const char *format_of(const struct block_device *member)
{
    size_t i = 0;

    while (i + 1 < sizeof(formats) / sizeof(formats[0]) && strcmp(formats[i].type, member->superblock.type) != 0)
        i++;
    return formats[i].format;
}

static bool is_wanted(const struct storage *storage)
{
    return !storage->options->no_dm && storage_may_hold_wanted(storage, DMRAID_PROGRAM);
}

static bool keeps_partitions(const struct storage *storage)
{
    return !storage->options->no_dm;
}

static uint64_t patience(const struct storage *storage)
{
    uint64_t seconds = storage->options->dm_degraded;

    return seconds == BOOT_TIMEOUT_NEVER ? UINT64_MAX : seconds * SECOND;
}

static bool is_member(const struct block_device *device, const struct block_device *of)
{
    return device->superblock_read && device->superblock.type && !strcmp(device->superblock.type, of->superblock.type)
           && device->superblock.array.family == of->superblock.array.family;
}

static bool has_slot(const struct storage *storage, const struct block_device *of, uint32_t slot, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        if (is_member(storage->blocks->list[i], of) && storage->blocks->list[i]->superblock.array.slot == slot)
            return true;
    }
    return false;
}

/* How many disks of the set have come, and how many it has: at least two, where its format does not tell. */
static uint32_t count_disks(const struct storage *storage, const struct block_device *of, uint32_t *all)
{
    uint32_t count = 0;

    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct block_device *device = storage->blocks->list[i];

        if (is_member(device, of)
            && (device->superblock.array.slot == UINT32_MAX
                || !has_slot(storage, of, device->superblock.array.slot, i)))
            count++;
    }
    *all = of->superblock.array.slots > 2 ? of->superblock.array.slots : 2;
    return count;
}

/* "1, 2", of those that are counted from 0; "" where the format gives them no numbers. */
static void list_missing(const struct storage *storage, const struct block_device *of, char list[LOG_MESSAGE_SIZE / 4])
{
    char slot[DECIMAL_SIZE];
    size_t used = 0;

    *list = '\0';
    for (uint32_t i = 0; of->superblock.array.slot != UINT32_MAX && i < of->superblock.array.slots; i++) {
        if (has_slot(storage, of, i, storage->blocks->count))
            continue;
        if (text_join(list + used, LOG_MESSAGE_SIZE / 4 - used, used ? ", " : "", text_decimal(i, slot), NULL) < 0) {
            list[used] = '\0'; /* those named are enough to go on with */
            return;
        }
        used = strlen(list);
    }
}

static int run(char *const argv[], char said[PROCESS_SAID_SIZE])
{
    char no_udev[] = "DM_DISABLE_UDEV=1";
    uint64_t start = timing_now();
    int result = process_run_fed(argv, no_udev, NULL, 0, said);

    timing_note("program", "dmraid", start);
    for (size_t length = strlen(said); length > 0 && said[length - 1] == '\n'; length--)
        said[length - 1] = '\0';
    return result;
}

/* dmraid calls a set by its format and what it makes of the numbers in the superblock: "sil_bgajcgdabcde", and of one
 * mirror of stripes each stripe "sil_bgajcgdabcde-0". */
static bool read_name(struct block_device *member, char name[MAPPED_NAME_SIZE])
{
    char program[] = DMRAID_PROGRAM, no_locks[] = "-i", disks[] = "-r", column[] = "-cr", only[] = "-f", format[16],
         said[PROCESS_SAID_SIZE];
    char *argv[] = {program, no_locks, disks, column, only, format, member->path, NULL};
    const char *last;
    char *end;

    (void)text_join(format, sizeof(format), format_of(member), NULL);
    if (run(argv, said) != 0)
        return false;
    last = strrchr(said, '\n');
    last = last ? last + 1 : said;
    if (!begins_with(last, format) || strpbrk(last, " /:") || text_join(name, MAPPED_NAME_SIZE, last, NULL) < 0)
        return false;
    end = strrchr(name, '-');
    if (end && isdigit((unsigned char)end[1]) && strlen(end) == 2)
        *end = '\0';
    return true;
}

/* The words rd.dm.uuid= name all sets that may be made, each by how it begins. */
static bool is_allowed(const struct storage *storage, const char *name)
{
    size_t position = 0;
    const char *word = cmdline_next(storage->cmdline, "rd.dm.uuid", &position);
    bool is_named = !word;

    for (; word && !is_named; word = cmdline_next(storage->cmdline, "rd.dm.uuid", &position))
        is_named = *word && begins_with(name, word);
    return is_named;
}

static int activate(const struct block_device *member, char *name, char said[PROCESS_SAID_SIZE])
{
    char program[] = DMRAID_PROGRAM, no_locks[] = "-i", activate[] = "-ay", no_partitions[] = "-p",
         no_partitions_below[] = "-Z", only[] = "-f", format[16];
    char *argv[] = {program, no_locks, activate, no_partitions, no_partitions_below, only, format, name, NULL};
    char uuid[DEVICE_MAPPER_UUID_SIZE];
    int result;

    (void)text_join(format, sizeof(format), format_of(member), NULL);
    if (!device_mapper_is_active(name))
        (void)run(argv, said);
    if (!device_mapper_is_active(name))
        return -EIO;
    result = text_join(uuid, sizeof(uuid), "DMRAID-", name, NULL);
    return result == 0 ? mapped_partitions_make(name, uuid) : result;
}

static int make(struct storage *storage, struct block_device *member)
{
    char name[MAPPED_NAME_SIZE], said[PROCESS_SAID_SIZE] = "";
    const char *culprit = NULL;
    int result = program_unpack(storage->index, DMRAID_PROGRAM, &culprit);

    if (result == -ENOENT)
        log_error(member->path, " is ", superblock_describe(&member->superblock),
            ", and this image has no dmraid to put it together: kindling build -f dmraid, where the system has dmraid; "
            "nodmraid if it is of no RAID any more");
    else if (result < 0)
        log_error("cannot unpack ", culprit, ": ", strerror(-result));
    else if (!read_name(member, name))
        log_error("dmraid does not know ", member->path, ", which is ", superblock_describe(&member->superblock));
    else if (!is_allowed(storage, name))
        log_info(member->path, " is a disk of the set ", name, ", which rd.dm.uuid= does not name");
    else if ((result = activate(member, name, said)) < 0)
        log_error("dmraid cannot make the set ", name, " of ", member->path, " (", strerror(-result), "): ", said);
    else
        log_info("the firmware's RAID set ", name, " is active");
    return 1; /* whatever came of it, it would be the same again */
}

static int assemble(struct storage *storage, struct block_device *member, bool degraded)
{
    char present[DECIMAL_SIZE], number[DECIMAL_SIZE], missing[LOG_MESSAGE_SIZE / 4];
    const struct block_device first = *member;
    int32_t level = member->superblock.array.level;
    uint32_t all, count = count_disks(storage, member, &all);
    int result;

    if (count < all
        && !(degraded && storage->options->dm_degraded != BOOT_TIMEOUT_NEVER && (level == 1 || level == 10)))
        return 0;
    if (count < all) {
        list_missing(storage, member, missing);
        log_warning("making the firmware's RAID of ", member->path, " degraded: only ", text_decimal(count, present),
            " of ", text_decimal(all, number), " disks have come", *missing ? ", without disk " : "", missing);
    }
    result = make(storage, member);
    for (size_t i = 0; i < storage->blocks->count; i++) {
        if (is_member(storage->blocks->list[i], &first))
            storage->blocks->list[i]->is_assembled = true;
    }
    return result;
}

static void explain(struct storage *storage, struct block_device *member, char sentence[LOG_MESSAGE_SIZE])
{
    char present[DECIMAL_SIZE], number[DECIMAL_SIZE], missing[LOG_MESSAGE_SIZE / 4];
    uint32_t all, count = count_disks(storage, member, &all);

    list_missing(storage, member, missing);
    (void)text_join(sentence, LOG_MESSAGE_SIZE, "it is ", superblock_describe(&member->superblock), ", of which ",
        text_decimal(count, present), " of ", text_decimal(all, number), " have come",
        *missing ? ", without disk " : "", missing, *missing ? ", counted from 0" : "",
        member->superblock.array.level == 1 ? ": rd.dm.degraded=SECONDS starts a mirror without it" : "", NULL);
}

/* A mirror that was written to while a disk was missing is not in step when that comes back, and no superblock tells:
 * dmraid writes none. So it waits for all, unless somebody says otherwise. */
const struct assembler dmraid_assembler = {
    .type = "nvidia_raid_member,silicon_medley_raid_member,promise_fasttrack_raid_member,adaptec_raid_member,"
            "lsi_mega_raid_member,jmicron_raid_member,via_raid_member,hpt45x_raid_member,hpt37x_raid_member",
    .links = "dm-",
    .module = "dm_mod",
    .program = DMRAID_PROGRAM,
    .prepares_itself = true,
    .patience = patience,
    .is_wanted = is_wanted,
    .keeps_partitions = keeps_partitions,
    .assemble = assemble,
    .explain = explain,
    .take_down = device_mapper_take_down};
