#include "storage/md.h"

#include <ctype.h>
#include <errno.h>

#include "storage/md_array.h"
#include "storage/md_members.h"
#include "system/file.h"
#include "system/text.h"
#include "system/waits.h"

/* Arrays that are started while it is 1 are read-auto (Documentation/admin-guide/md.rst): a resume from them, or a look
 * at them, writes nothing. */
#define START_READ_ONLY "/sys/module/md_mod/parameters/start_ro"

/* The words rd.md.uuid= name all arrays that may be assembled, with any separators or none. */
static bool is_same_uuid(const char *one, const char *other)
{
    for (;; one++, other++) {
        while (*one && !isxdigit((unsigned char)*one))
            one++;
        while (*other && !isxdigit((unsigned char)*other))
            other++;
        if (tolower((unsigned char)*one) != tolower((unsigned char)*other) || !*one)
            return *one == *other;
    }
}

static bool is_allowed(const struct storage *storage, const struct block_device *member)
{
    size_t position = 0;
    const char *uuid = cmdline_next(storage->cmdline, "rd.md.uuid", &position);
    bool is_named = !uuid;

    for (; uuid && !is_named; uuid = cmdline_next(storage->cmdline, "rd.md.uuid", &position))
        is_named = is_same_uuid(uuid, member->superblock.uuid);
    return is_named;
}

/* Hands mdadm the members that the kernel does not have yet. Returns true when the array runs, and its name. */
static bool hand_over(struct storage *storage, struct block_device *of, bool degraded, char name[MD_NAME_SIZE])
{
    char own[MD_NAME_SIZE];

    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];

        if (md_is_member(device, of) && !md_find_array(device, own))
            md_add_member(storage, device);
    }
    if (!md_find_array_of(storage, of, name))
        return false;
    if (!degraded || md_is_running(name))
        return md_is_running(name);
    md_start(name);
    if (md_is_running(name))
        return true;
    (void)md_stop(name); /* what could not be started takes no more members */
    return false;
}

static int assemble(struct storage *storage, struct block_device *member, bool degraded)
{
    struct md_description array = md_describe(storage, member);
    const struct superblock_array *newest = &array.newest->array;
    char name[MD_NAME_SIZE], missing[LOG_MESSAGE_SIZE / 4], slots[DECIMAL_SIZE];
    bool runs;

    if (!is_allowed(storage, member)) {
        log_info(member->path, " is a member of the md array ", array.name, ", which rd.md.uuid= does not name");
        return 1;
    }
    if (array.present < newest->working && !(degraded && md_is_enough(storage, member, array.present)))
        return 0;
    if (md_has_twins(storage, member))
        return 0;
    if (array.present < newest->working) {
        md_list_missing(storage, member, missing);
        log_warning("starting the md array ", array.name, " degraded: of its ",
            text_decimal(member->superblock.array.slots, slots), " members, counted from 0, there is no member ",
            missing);
    }
    (void)file_write_text(START_READ_ONLY, "1");
    runs = hand_over(storage, member, degraded, name);
    (void)file_write_text(START_READ_ONLY, "0");
    if (!runs)
        return degraded ? -EIO : 0;
    md_make_links(array.newest, name);
    log_info("the md array ", array.name, " is /dev/", name);
    return 1;
}

static void explain(struct storage *storage, struct block_device *member, char sentence[LOG_MESSAGE_SIZE])
{
    struct md_description array = md_describe(storage, member);
    char present[DECIMAL_SIZE], slots[DECIMAL_SIZE], missing[LOG_MESSAGE_SIZE / 4];
    bool is_forbidden = storage->options->md_degraded == BOOT_TIMEOUT_NEVER;
    const struct block_device *twin = md_twin(storage, member);

    if (twin) {
        (void)text_join(sentence, LOG_MESSAGE_SIZE, "it and ", twin->path, " are the same member of the md array ",
            array.name, ": detach one of them", NULL);
        return;
    }
    if (array.present >= array.newest->array.working) {
        (void)text_join(sentence, LOG_MESSAGE_SIZE, "all members of the md array ", array.name,
            " have come, but it could not be started: the lines above tell why", NULL);
        return;
    }
    md_list_missing(storage, member, missing);
    (void)text_join(sentence, LOG_MESSAGE_SIZE, "only ", text_decimal(array.present, present), " of ",
        text_decimal(member->superblock.array.slots, slots), " members of the md array ", array.name,
        " have come, without member ", missing, ", counted from 0",
        is_forbidden && md_is_enough(storage, member, array.present) ? ": rd.md.degraded=never keeps it from starting"
                                                                     : "",
        NULL);
}

/* Which level an array has, the kernel asks for by itself: md-level-5. */
const struct assembler md_assembler = {.type = "linux_raid_member",
    .links = "md-,raid-",
    .module = "md_mod",
    .program = MDADM_PROGRAM,
    .patience = md_patience,
    .is_wanted = md_is_wanted,
    .assemble = assemble,
    .explain = explain,
    .take_down = md_take_down};
