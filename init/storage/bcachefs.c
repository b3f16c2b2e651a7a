#include "storage/bcachefs.h"

#include <errno.h>
#include <string.h>

#include "device/block_device_read.h"
#include "system/text.h"

static bool is_member(struct block_device *device, struct block_device *of)
{
    block_device_read_superblock(device);
    return device == of || storage_are_siblings(device, of);
}

static struct block_device *find_member(struct storage *storage, struct block_device *of, const char *number)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        struct block_device *device = storage->blocks->list[i];

        if (is_member(device, of) && !strcmp(device->superblock.member_uuid, number))
            return device;
    }
    return NULL;
}

/* A copy of a device has its number: it counts once. Numbers go up to 255, for they have a byte on the disk. */
static unsigned count_members(struct storage *storage, struct block_device *device)
{
    char number[DECIMAL_SIZE];
    unsigned count = 0;

    for (unsigned i = 0; i <= UINT8_MAX; i++)
        count += find_member(storage, device, text_decimal(i, number)) != NULL;
    return count;
}

static int assemble(struct storage *storage, struct block_device *device, bool degraded)
{
    if (device->superblock.device_count <= 1)
        return 1;
    return degraded || count_members(storage, device) >= device->superblock.device_count;
}

/* The kernel wants the names of all with colons between them (Documentation/filesystems/bcachefs). */
static int name_source(struct storage *storage, struct block_device *device, char *source, size_t size)
{
    char number[DECIMAL_SIZE];
    int result = 0;

    if (device->superblock.device_count <= 1)
        return text_join(source, size, device->path, NULL);
    *source = '\0';
    for (unsigned i = 0; i <= UINT8_MAX && result == 0; i++) {
        const struct block_device *member = find_member(storage, device, text_decimal(i, number));
        size_t length = strlen(source);

        if (member)
            result = text_join(source + length, size - length, length > 0 ? ":" : "", member->path, NULL);
    }
    return result;
}

/* The numbers of those that have not come, as the file system counts its devices. */
static void list_missing(struct storage *storage, struct block_device *device, char *missing, size_t size)
{
    char number[DECIMAL_SIZE];

    *missing = '\0';
    for (unsigned i = 0; i < device->superblock.device_count; i++) {
        size_t length = strlen(missing);

        if (!find_member(storage, device, text_decimal(i, number)))
            (void)text_join(missing + length, size - length, length > 0 ? ", " : "", number, NULL);
    }
}

static void explain(struct storage *storage, struct block_device *device, char sentence[LOG_MESSAGE_SIZE])
{
    char there[DECIMAL_SIZE], all[DECIMAL_SIZE], missing[LOG_MESSAGE_SIZE / 4];

    list_missing(storage, device, missing, sizeof(missing));
    (void)text_join(sentence, LOG_MESSAGE_SIZE, "only ", text_decimal(count_members(storage, device), there), " of ",
        text_decimal(device->superblock.device_count, all), " devices of the bcachefs on ", device->path,
        " have come, without device ", missing, ", counted from 0: attach it, or boot with rootflags=degraded", NULL);
}

const struct assembler bcachefs_assembler = {
    .type = "bcachefs", .module = "fs-bcachefs", .assemble = assemble, .name_source = name_source, .explain = explain};
