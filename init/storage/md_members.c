#include "storage/md_members.h"

#include <string.h>

#include "system/log.h"
#include "system/text.h"

bool md_is_member(const struct block_device *device, const struct block_device *of)
{
    return device->superblock_read && device->superblock.type && !strcmp(device->superblock.type, of->superblock.type)
           && !strcmp(device->superblock.uuid, of->superblock.uuid);
}

static bool has_slot(const struct storage *storage, const struct block_device *of, uint32_t slot, size_t before)
{
    for (size_t i = 0; i < before; i++) {
        if (md_is_member(storage->blocks->list[i], of) && storage->blocks->list[i]->superblock.array.slot == slot)
            return true;
    }
    return false;
}

const struct block_device *md_twin(const struct storage *storage, const struct block_device *of)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct block_device *device = storage->blocks->list[i];

        if (device != of && md_is_member(device, of) && device->superblock.array.slot == of->superblock.array.slot
            && device->superblock.array.slot < of->superblock.array.slots
            && device->superblock.array.events == of->superblock.array.events)
            return device;
    }
    return NULL;
}

bool md_has_twins(const struct storage *storage, const struct block_device *of)
{
    for (size_t i = 0; i < storage->blocks->count; i++) {
        if (md_is_member(storage->blocks->list[i], of) && md_twin(storage, storage->blocks->list[i]))
            return true;
    }
    return false;
}

struct md_description md_describe(const struct storage *storage, const struct block_device *of)
{
    struct md_description array = {.newest = &of->superblock};

    for (size_t i = 0; i < storage->blocks->count; i++) {
        const struct block_device *device = storage->blocks->list[i];

        if (!md_is_member(device, of))
            continue;
        if (device->superblock.array.events > array.newest->array.events)
            array.newest = &device->superblock;
        if (!has_slot(storage, of, device->superblock.array.slot, i))
            array.present += device->superblock.array.slot < of->superblock.array.slots;
    }
    array.name = *array.newest->label ? array.newest->label : array.newest->uuid;
    return array;
}

/* Of RAID 10, near copies that lie side by side: one of each group has to be there. Of other layouts, the rest is for
 * the kernel to refuse. */
static bool has_a_copy_of_each(const struct storage *storage, const struct block_device *of)
{
    const struct superblock_array *array = &of->superblock.array;
    uint32_t near = array->layout & 0xff, far = array->layout >> 8 & 0xff;
    bool has_all = near > 0 && far > 0;

    for (uint32_t first = 0; has_all && far == 1 && array->slots % near == 0 && first < array->slots; first += near) {
        has_all = false;
        for (uint32_t i = 0; i < near && !has_all; i++)
            has_all = has_slot(storage, of, first + i, storage->blocks->count);
    }
    return has_all;
}

bool md_is_enough(const struct storage *storage, const struct block_device *of, uint32_t present)
{
    const struct superblock_array *array = &of->superblock.array;

    return present >= superblock_array_least(array) && (array->level != 10 || has_a_copy_of_each(storage, of));
}

void md_list_missing(const struct storage *storage, const struct block_device *of, char list[LOG_MESSAGE_SIZE / 4])
{
    size_t used = 0;
    char slot[DECIMAL_SIZE];

    *list = '\0';
    for (uint32_t i = 0; i < of->superblock.array.slots; i++) {
        if (has_slot(storage, of, i, storage->blocks->count))
            continue;
        if (text_join(list + used, LOG_MESSAGE_SIZE / 4 - used, used ? ", " : "", text_decimal(i, slot), NULL) < 0) {
            list[used] = '\0'; /* those named are enough to go on with */
            return;
        }
        used = strlen(list);
    }
}
