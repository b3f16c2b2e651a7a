#include "storage/storage.h"

#include <errno.h>
#include <string.h>

#include "contract/glob.h"
#include "device/block_device_match.h"
#include "device/block_device_read.h"
#include "module/program.h"
#include "name/device_ref.h"
#include "storage/udev_record.h"
#include "system/text.h"
#include "system/timing.h"
#include "system/waits.h"

/* More layers than anybody has lain over one another. */
#define ROUNDS 40u

static const struct assembler *claimant_of(const struct storage *storage, struct block_device *device)
{
    const struct assembler *const *assembler = storage->assemblers;

    while (*assembler && (!(*assembler)->claims || !(*assembler)->claims(storage, device)))
        assembler++;
    return *assembler;
}

bool storage_claims(const struct storage *storage, struct block_device *device)
{
    return claimant_of(storage, device) != NULL;
}

static const struct assembler *assembler_of(const struct storage *storage, struct block_device *device)
{
    const struct assembler *const *assembler = storage->assemblers;
    const struct assembler *claimant = device->superblock_read ? claimant_of(storage, device) : NULL;

    if (claimant || !device->superblock_read || !device->superblock.type)
        return claimant;
    while (*assembler && !text_list_has((*assembler)->type, device->superblock.type))
        assembler++;
    return *assembler;
}

bool storage_are_siblings(const struct block_device *one, const struct block_device *other)
{
    const struct superblock *a = &one->superblock, *b = &other->superblock;

    return a->type && b->type && !strcmp(a->type, b->type) && *a->member_uuid && !strcmp(a->uuid, b->uuid)
           && strcmp(a->member_uuid, b->member_uuid) != 0 && a->device_count != 1 && b->device_count != 1;
}

/* Those that are there are done with it, too. */
static void mark_done(struct storage *storage, struct block_device *device)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *other = storage->blocks->list[i];

        if (other == device || storage_are_siblings(other, device))
            other->is_assembled = true;
    }
}

/* Returns true when something was made. */
static bool offer(
    struct storage *storage, const struct assembler *assembler, struct block_device *device, bool degraded)
{
    const char *culprit;
    bool is_due = assembler->program && !assembler->prepares_itself;
    int result = is_due ? program_unpack(storage->index, assembler->program, &culprit) : 0;

    if (result == -ENOENT) {
        log_error(device->path, " holds ", superblock_describe(&device->superblock), ", but this image has no ",
            assembler->program);
    } else if (result < 0) {
        log_error("cannot unpack ", culprit, ": ", strerror(-result));
    } else {
        if (assembler->module)
            (void)module_load_named(storage->modules, assembler->module); /* built into the kernel as often as not */
        result = assembler->assemble(storage, device, degraded);
        if (result < 0)
            log_error("cannot assemble what ", device->path, " is a part of, ",
                superblock_describe(&device->superblock), ": ", strerror(-result));
    }
    if (result != 0)
        mark_done(storage, device);
    return result > 0;
}

static bool is_wanted(const struct storage *storage, const struct assembler *assembler)
{
    return assembler->is_wanted && assembler->is_wanted(storage);
}

static bool wants_any(const struct storage *storage)
{
    const struct assembler *const *assembler = storage->assemblers;

    while (*assembler && !is_wanted(storage, *assembler))
        assembler++;
    return *assembler != NULL;
}

/* When members of this kind have been missing for long enough, if nothing has happened since the news: once. */
static uint64_t moment_of(
    const struct storage *storage, const struct block_device *device, const struct assembler *assembler, uint64_t news)
{
    uint64_t patience = assembler->patience ? assembler->patience(storage) : UINT64_MAX;
    uint64_t longest = patience > WAIT_DEGRADED ? patience : WAIT_DEGRADED;

    if (patience == UINT64_MAX || news == 0)
        return patience == UINT64_MAX ? UINT64_MAX : 0;
    if (device->tried_degraded >= news)
        return UINT64_MAX;
    if (device->incomplete_since && device->incomplete_since + longest < news + patience)
        return device->incomplete_since + longest;
    return news + patience;
}

bool storage_assemble(struct storage *storage, uint64_t news)
{
    uint64_t now = timing_now();
    bool has_made = false;

    if (!wants_any(storage))
        return false;
    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];
        const struct assembler *assembler;
        bool is_due;

        if (device->is_assembled)
            continue;
        block_device_read_superblock(device);
        assembler = assembler_of(storage, device);
        if (!assembler || !is_wanted(storage, assembler))
            continue;
        is_due = now >= moment_of(storage, device, assembler, news);
        has_made |= offer(storage, assembler, device, is_due);
        if (is_due || !device->incomplete_since)
            device->incomplete_since = now;
        if (is_due)
            device->tried_degraded = now;
    }
    return has_made;
}

bool storage_wants_all_disks(struct storage *storage)
{
    if (!wants_any(storage))
        return false;
    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];
        const struct assembler *assembler;

        block_device_read_superblock(device);
        assembler = assembler_of(storage, device);
        if (assembler && assembler->makes_what_is_wanted && !device->is_assembled && !device->incomplete_since
            && is_wanted(storage, assembler))
            return true;
    }
    return false;
}

uint64_t storage_due(const struct storage *storage, uint64_t news)
{
    uint64_t soonest = UINT64_MAX;

    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];
        const struct assembler *assembler = device->is_assembled ? NULL : assembler_of(storage, device);
        uint64_t moment =
            assembler && is_wanted(storage, assembler) ? moment_of(storage, device, assembler, news) : UINT64_MAX;

        if (moment < soonest)
            soonest = moment;
    }
    return soonest;
}

/* The kernel's names of disks, and of their partitions. */
static bool is_disk_name(const char *name)
{
    static const char *const disks[] = {"sd[a-z]*", "hd[a-z]*", "vd[a-z]*", "xvd[a-z]*", "nvme[0-9]*", "mmcblk[0-9]*",
        "pmem[0-9]*", "sr[0-9]*", "nbd[0-9]*", "loop[0-9]*", "ram[0-9]*", "zram[0-9]*", "ubd[a-z]*", "fd[0-9]*"};
    size_t i = 0;

    while (i < sizeof(disks) / sizeof(disks[0]) && !glob_matches(disks[i], name))
        i++;
    return i < sizeof(disks) / sizeof(disks[0]) && !strchr(name, '/');
}

static bool is_layer_link(const struct storage *storage, const char *link)
{
    for (size_t i = 0; storage->assemblers[i]; i++) {
        const char *beginnings = storage->assemblers[i]->links, *beginning;
        size_t length;

        while (beginnings && (beginning = text_list_next(&beginnings, &length)) != NULL) {
            if (!strncmp(link, beginning, length))
                return true;
        }
    }
    return false;
}

static bool has_program(const struct storage *storage, const char *program)
{
    struct index_program found;

    return program && index_find_program(storage->index, program, &found) == 0;
}

bool storage_may_hold_wanted(const struct storage *storage, const char *program)
{
    const struct device_ref *wanted = storage->wanted;

    if (!wanted || wanted->kind == DEVICE_REF_BUS_PATH)
        return false;
    if (device_ref_needs_superblock(wanted))
        return true; /* each device is read for it in any case */
    if (wanted->kind == DEVICE_REF_PATH)
        return !is_disk_name(wanted->value);
    if (wanted->kind == DEVICE_REF_ID)
        return is_layer_link(storage, wanted->value);
    return has_program(storage, program);
}

bool storage_pass_on(struct storage *storage, struct block_device *device, const char *name)
{
    char path[DEVICE_REF_VALUE_SIZE];

    if (!storage->wanted || !block_device_matches(device, storage->wanted))
        return false;
    return text_join(path, sizeof(path), "/dev/mapper/", name, NULL) == 0
           && device_ref_parse(path, storage->wanted) == 0; /* such a path always is one */
}

struct block_device *storage_stand_in(const struct storage *storage, struct block_device *device)
{
    for (size_t i = 0; storage->assemblers[i]; i++) {
        const struct assembler *assembler = storage->assemblers[i];

        if (assembler->stand_in && assembler->claims(storage, device))
            return assembler->stand_in(storage, device);
    }
    return device;
}

bool storage_keeps_partitions(const struct storage *storage, struct block_device *disk)
{
    const struct assembler *assembler = assembler_of(storage, disk);

    if (assembler && assembler->keeps_partitions)
        return assembler->keeps_partitions(storage);
    return assembler && is_wanted(storage, assembler) && has_program(storage, assembler->program);
}

void storage_want(struct storage *storage, struct device_ref *wanted)
{
    storage->wanted = wanted;
    for (size_t i = 0; wanted && i < storage->blocks->count; i++) {
        const struct assembler *assembler = assembler_of(storage, storage->blocks->list[i]);

        if (assembler && assembler->makes_what_is_wanted)
            storage->blocks->list[i]->is_assembled = false;
    }
}

bool storage_complete(struct storage *storage, struct block_device *device, bool degraded)
{
    const struct assembler *assembler;

    block_device_read_superblock(device);
    assembler = assembler_of(storage, device);
    if (assembler && !device->is_assembled)
        (void)offer(storage, assembler, device, degraded);
    return !assembler || device->is_assembled;
}

int storage_name_source(struct storage *storage, struct block_device *device, char *source, size_t size)
{
    const struct assembler *assembler = assembler_of(storage, device);

    if (assembler && assembler->name_source)
        return assembler->name_source(storage, device, source, size);
    return text_join(source, size, device->path, NULL);
}

bool storage_explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    const struct assembler *assembler = assembler_of(storage, device);

    if (!assembler || (device->is_assembled && !assembler->makes_what_is_wanted))
        return false;
    assembler->explain(storage, device, sentence);
    return true;
}

void storage_hand_over(const struct storage *storage)
{
    size_t device = 0;

    for (size_t i = 0; storage->assemblers[i]; i++) {
        if (storage->assemblers[i]->forget)
            storage->assemblers[i]->forget();
    }
    while (
        device < storage->blocks->count && !udev_record_is_for(storage->blocks->list[device]->path + strlen("/dev/")))
        device++;
    if (device < storage->blocks->count)
        udev_records_write();
}

void storage_take_down(const struct assembler *const *assemblers)
{
    unsigned taken = 1;

    for (unsigned round = 0; round < ROUNDS && taken > 0; round++) {
        taken = 0;
        for (size_t i = 0; assemblers[i]; i++)
            taken += assemblers[i]->take_down ? assemblers[i]->take_down() : 0;
    }
}
