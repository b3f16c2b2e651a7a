/* The start of a disk: a byte of choices (bit 0: 4 KiB sectors, bit 1: mend the GPT's checksums), a byte of the
 * partition's number, two bytes of the size in units of 16 bytes, then the disk, which goes on with zeros. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <libdeflate.h>

#include "bytes.h"
#include "partition.h"

#define HEADER_SIZE 4u
#define SIZE_MAX_UNITS (2 * PARTITION_TABLE_SIZE / 16)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No mutation would get a checksum right. */
static void mend_gpt(uint8_t *disk, size_t size, size_t sector_size)
{
    uint8_t *header = disk + sector_size;
    uint64_t entries_at, entries_size;

    if (size < 2 * sector_size)
        return;
    entries_at = get_le32(header + 72) * (uint64_t)sector_size;
    entries_size = (uint64_t)get_le32(header + 80) * get_le32(header + 84);
    if (entries_at <= size && entries_size <= size - entries_at)
        put_le32(header + 88, libdeflate_crc32(0, disk + entries_at, (size_t)entries_size));
    if (get_le32(header + 12) > sector_size)
        return;
    put_le32(header + 16, 0);
    put_le32(header + 16, libdeflate_crc32(0, header, get_le32(header + 12)));
}

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void use(const uint8_t *disk, size_t size, uint32_t sector_size, uint32_t number)
{
    struct partition found;
    int result = partition_find(disk, size, sector_size, number, &found);

    require(result <= 0);
    require(strlen(found.uuid) < sizeof(found.uuid) && strlen(found.label) < sizeof(found.label)
            && strlen(found.type_uuid) < sizeof(found.type_uuid));
    require(result != 0 || (found.number == number && strlen(found.uuid) > 0));
    (void)partition_covers(disk, size, sector_size, (uint64_t)number << 20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t disk_size, sector_size;
    uint8_t *disk;

    if (size < HEADER_SIZE)
        return 0;
    disk_size = (size_t)get_le16(data + 2) % (SIZE_MAX_UNITS + 1) * 16;
    sector_size = data[0] & 1 ? 4096 : 512;
    disk = calloc(1, disk_size + !disk_size);
    if (!disk)
        return 0;
    size -= HEADER_SIZE;
    memcpy(disk, data + HEADER_SIZE, size < disk_size ? size : disk_size);
    if (data[0] & 2)
        mend_gpt(disk, disk_size, sector_size);
    use(disk, disk_size, (uint32_t)sector_size, data[1]);
    free(disk);
    return 0;
}
