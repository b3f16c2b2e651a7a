#include "storage/raid_container.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "contract/prefix.h"
#include "module/program.h"
#include "storage/md_array.h"
#include "system/directory.h"
#include "system/file.h"
#include "system/text.h"
#include "system/waits.h"

#define MDMON "/sbin/mdmon"

static bool is_isw_wanted(const struct storage *storage)
{
    return !storage->options->no_isw && md_is_wanted(storage);
}

static bool is_ddf_wanted(const struct storage *storage)
{
    return !storage->options->no_ddf && md_is_wanted(storage);
}

static bool is_member(const struct block_device *device, const struct block_device *of)
{
    return device->superblock_read && device->superblock.type && !strcmp(device->superblock.type, of->superblock.type)
           && device->superblock.array.family == of->superblock.array.family;
}

/* How many disks have come, and by the newest superblock of these, how many there are; 0: it does not say. */
static uint32_t count_disks(const struct storage *storage, const struct block_device *of, uint32_t *all)
{
    const struct superblock_array *newest = &of->superblock.array;
    uint32_t count = 0;

    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct block_device *device = storage->blocks->list[i];

        if (!is_member(device, of))
            continue;
        count++;
        if (device->superblock.array.events > newest->events)
            newest = &device->superblock.array;
    }
    *all = newest->slots;
    return count;
}

/* Calls visit for each md device of the kernel's. */
static void visit_arrays(void (*visit)(const char *name, const char *metadata, void *context), void *context)
{
    struct directory directory;
    const struct dirent *entry;
    char metadata[MD_NAME_SIZE];

    directory_open(&directory, AT_FDCWD, "/sys/block");
    while ((entry = directory_next(&directory)) != NULL) {
        if (!strncmp(entry->d_name, "md", 2) && md_read_metadata(entry->d_name, metadata))
            visit(entry->d_name, metadata, context);
    }
    directory_close(&directory);
}

struct search {
    const struct storage *storage;
    const struct block_device *of;
    char container[MD_NAME_SIZE]; /* "md127"; "" when the kernel has none yet */
    unsigned running;             /* arrays in it */
};

static bool has_slave(const char *name, const struct block_device *device)
{
    char path[BLOCK_DEVICE_PATH_SIZE + MD_NAME_SIZE + 32];

    return text_join(path, sizeof(path), "/sys/block/", name, "/slaves/", device->path + strlen("/dev/"), NULL) == 0
           && access(path, F_OK) == 0;
}

static void find_container(const char *name, const char *metadata, void *context)
{
    struct search *search = context;

    if (!begins_with(metadata, "external:") || strpbrk(metadata + strlen("external:"), "/-"))
        return;
    for (size_t i = 0; i < search->storage->blocks->count; i++) {
        if (is_member(search->storage->blocks->list[i], search->of)
            && has_slave(name, search->storage->blocks->list[i]))
            (void)text_join(search->container, sizeof(search->container), name, NULL);
    }
}

static void count_running(const char *name, const char *metadata, void *context)
{
    struct search *search = context;
    const char *within = metadata + strlen("external:") + 1;
    size_t length = strlen(search->container);

    if (begins_with(metadata, "external:") && !strncmp(within, search->container, length) && within[length] == '/'
        && md_is_running(name))
        search->running++;
}

static struct search look(const struct storage *storage, const struct block_device *of)
{
    struct search search = {.storage = storage, .of = of};

    visit_arrays(find_container, &search);
    if (*search.container)
        visit_arrays(count_running, &search);
    return search;
}

/* Hands mdadm the disks that the kernel does not have yet, with which it starts the arrays that are whole. */
static void add_disks(struct storage *storage, const struct block_device *of)
{
    struct search search = look(storage, of);

    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];

        if (is_member(device, of) && !(*search.container && has_slave(search.container, device)))
            md_add_member(storage, device);
    }
}

/* A superblock at a disk's end outlives what the disk was for. What mdadm will have nothing to do with, on a machine
 * without such firmware or without the other disks, is a disk like any other. */
static void take_for_left_over(const struct storage *storage, const struct block_device *of)
{
    const struct block_device first = *of;

    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];

        if (!is_member(device, &first))
            continue;
        log_warning("mdadm does not take ", device->path,
            " for a disk of the firmware's RAID, whose superblock it has: it is taken for a disk like any other");
        device->superblock = (struct superblock){0};
    }
}

static int assemble(struct storage *storage, struct block_device *member, bool degraded)
{
    char present[DECIMAL_SIZE], number[DECIMAL_SIZE];
    struct search search;
    uint32_t all, count = count_disks(storage, member, &all);
    const char *culprit;

    /* mdadm starts it; once it is there it stays as it is. */
    if (access(MDMON, X_OK) < 0 && program_unpack(storage->index, MDMON, &culprit) < 0)
        log_warning("this image has no " MDMON ", without which arrays of the firmware's RAID cannot be written to "
                    "(kindling build -f md)");
    add_disks(storage, member);
    search = look(storage, member);
    if (count >= all && search.running > 0)
        return 1;
    if (!degraded)
        return 0;
    if (!*search.container) {
        take_for_left_over(storage, member);
        return 1;
    }
    if (count < all)
        log_warning("starting the arrays of the firmware's RAID on ", member->path, " degraded: only ",
            text_decimal(count, present), " of ", text_decimal(all, number), " disks have come");
    md_start_container(search.container);
    return look(storage, member).running > 0 ? 1 : -EIO;
}

static void explain(struct storage *storage, struct block_device *member, char sentence[LOG_MESSAGE_SIZE])
{
    char present[DECIMAL_SIZE], number[DECIMAL_SIZE];
    uint32_t all, count = count_disks(storage, member, &all);

    (void)text_join(sentence, LOG_MESSAGE_SIZE, "it is a disk of the firmware's RAID, of which ",
        text_decimal(count, present), count < all ? " of " : "", count < all ? text_decimal(all, number) : "",
        " have come",
        storage->options->md_degraded == BOOT_TIMEOUT_NEVER && count < all
            ? ": rd.md.degraded=never keeps it from starting"
            : "",
        NULL);
}

/* What has arrays is taken down with them. */
const struct assembler isw_assembler = {
    .type = "isw_raid_member",
    .links = "md-,raid-",
    .module = "md_mod",
    .program = MDADM_PROGRAM,
    .patience = md_patience,
    .is_wanted = is_isw_wanted,
    .assemble = assemble,
    .explain = explain,
};

const struct assembler ddf_assembler = {
    .type = "ddf_raid_member",
    .links = "md-,raid-",
    .module = "md_mod",
    .program = MDADM_PROGRAM,
    .patience = md_patience,
    .is_wanted = is_ddf_wanted,
    .assemble = assemble,
    .explain = explain,
};
