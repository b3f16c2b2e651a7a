/* What lies on a volume that is not active: its bytes are where its table says that they are. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "storage/volume_table.h"

#define SECTOR 512u

static uint64_t smaller(uint64_t one, uint64_t other)
{
    return one < other ? one : other;
}

/* The place of a target's byte, and how many lie together from there on. */
static const struct volume_place *locate(
    const struct volume_stripes *stripes, uint64_t offset, uint64_t *on_disk, uint64_t *together)
{
    uint64_t chunk = stripes->chunk * SECTOR, index = 0;

    if (stripes->count > 1) {
        uint64_t turn = offset / chunk;

        index = turn % stripes->count;
        *together = smaller(*together, chunk - offset % chunk);
        offset = turn / stripes->count * chunk + offset % chunk;
    }
    *on_disk = stripes->places[index].start * SECTOR + offset;
    return &stripes->places[index];
}

/* Reads what lies together at that offset of the volume. Returns how much it was, 0 at the volume's end, or -errno. */
static ssize_t read_some(const struct volume_table *table, uint8_t *bytes, size_t size, uint64_t offset)
{
    const struct volume_place *place;
    uint64_t on_disk, together;
    ssize_t result;
    size_t i = 0;
    int fd;

    while (i < table->count && offset >= (table->targets[i].start + table->targets[i].size) * SECTOR)
        i++;
    if (i == table->count)
        return 0;
    offset -= table->targets[i].start * SECTOR;
    together = smaller(size, table->targets[i].size * SECTOR - offset);
    place = locate(&table->stripes[i], offset, &on_disk, &together);
    fd = open(place->device->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    result = pread(fd, bytes, (size_t)together, (off_t)on_disk);
    result = result < 0 ? -errno : result;
    close(fd);
    return result;
}

/* Returns 0 or -errno. */
static int read_at(const struct volume_table *table, uint8_t *bytes, size_t size, uint64_t offset)
{
    while (size > 0) {
        ssize_t length = read_some(table, bytes, size, offset);

        if (length <= 0)
            return length < 0 ? (int)length : -EIO;
        bytes += length;
        size -= (size_t)length;
        offset += (uint64_t)length;
    }
    return 0;
}

/* Of what else is wanted, once: nobody wants twice. */
static int identify(const struct volume_table *table, struct device_view view, struct superblock *found)
{
    struct device_range wanted = {0};
    uint8_t *more;
    int result;

    view.wanted = &wanted;
    result = superblock_identify(&view, found);
    more = wanted.size > 0 ? malloc((size_t)wanted.size) : NULL;
    if (more && read_at(table, more, (size_t)wanted.size, wanted.offset) == 0) {
        view.wanted = NULL;
        view.more = more;
        view.at = wanted;
        result = superblock_identify(&view, found);
    }
    free(more);
    return result;
}

int volume_table_identify(const struct volume_table *table, struct superblock *found)
{
    static uint8_t head[SUPERBLOCK_HEAD_SIZE], tail[SUPERBLOCK_TAIL_SIZE];
    const struct mapped_target *last = &table->targets[table->count - 1];
    struct device_view view = {.head = head, .tail = tail, .device_size = (last->start + last->size) * SECTOR};
    int result;

    view.head_size = (size_t)smaller(sizeof(head), view.device_size);
    view.tail_size = (size_t)smaller(sizeof(tail), view.device_size);
    result = read_at(table, head, view.head_size, 0);
    if (result == 0)
        result = read_at(table, tail, view.tail_size, view.device_size - view.tail_size);
    return result == 0 ? identify(table, view, found) : result;
}
