#include "storage/storage.h"

#include <errno.h>
#include <string.h>

#include "module/program.h"

/* More layers than anybody has lain over one another. */
#define ROUNDS 40u

static const struct assembler *assembler_of(const struct storage *storage, const struct block_device *device)
{
    const struct assembler *const *assembler = storage->assemblers;

    if (!device->superblock_read || !device->superblock.type)
        return NULL;
    while (*assembler && strcmp((*assembler)->type, device->superblock.type) != 0)
        assembler++;
    return *assembler;
}

bool storage_are_siblings(const struct block_device *one, const struct block_device *other)
{
    const struct superblock *a = &one->superblock, *b = &other->superblock;

    return a->type && b->type && !strcmp(a->type, b->type) && *a->member_uuid && !strcmp(a->uuid, b->uuid)
           && strcmp(a->member_uuid, b->member_uuid) != 0 && a->device_count != 1 && b->device_count != 1;
}

/* Returns 0, or -errno after it said why nothing can come of it. */
static int prepare(struct storage *storage, const struct assembler *assembler, const struct block_device *device)
{
    const char *culprit;
    int result = assembler->program ? program_unpack(storage->index, assembler->program, &culprit) : 0;

    if (result == -ENOENT)
        log_error(device->path, " holds ", superblock_describe(&device->superblock), ", but this image has no ",
            assembler->program);
    else if (result < 0)
        log_error("cannot unpack ", culprit, ": ", strerror(-result));
    else if (assembler->module)
        (void)module_load_named(storage->modules, assembler->module); /* built into the kernel as often as not */
    return result;
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

static void offer(
    struct storage *storage, const struct assembler *assembler, struct block_device *device, bool degraded)
{
    int result = prepare(storage, assembler, device);

    if (result == 0) {
        result = assembler->assemble(storage, device, degraded);
        if (result < 0)
            log_error("cannot assemble what ", device->path, " is a part of, ",
                superblock_describe(&device->superblock), ": ", strerror(-result));
    }
    if (result != 0)
        mark_done(storage, device);
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

void storage_assemble(struct storage *storage, uint64_t quiet)
{
    if (!wants_any(storage))
        return;
    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];
        const struct assembler *assembler;

        block_device_read_superblock(device);
        assembler = assembler_of(storage, device);
        if (assembler && !device->is_assembled && is_wanted(storage, assembler))
            offer(storage, assembler, device, assembler->patience > 0 && quiet >= assembler->patience);
    }
}

uint64_t storage_patience(const struct storage *storage)
{
    uint64_t shortest = UINT64_MAX;

    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct block_device *device = storage->blocks->list[i];
        const struct assembler *assembler = device->is_assembled ? NULL : assembler_of(storage, device);

        if (assembler && assembler->patience > 0 && assembler->patience < shortest && is_wanted(storage, assembler))
            shortest = assembler->patience;
    }
    return shortest;
}

bool storage_complete(struct storage *storage, struct block_device *device, bool degraded)
{
    const struct assembler *assembler;

    block_device_read_superblock(device);
    assembler = assembler_of(storage, device);
    if (assembler && !device->is_assembled)
        offer(storage, assembler, device, degraded);
    return !assembler || device->is_assembled;
}

bool storage_explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    const struct assembler *assembler = assembler_of(storage, device);

    if (!assembler || device->is_assembled)
        return false;
    assembler->explain(storage, device, sentence);
    return true;
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
