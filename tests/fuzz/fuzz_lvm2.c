/* LVM2's metadata: its text, the header of an area that says where it lies, and the label that names the areas. */
#include "fuzz.h"

#include <libdeflate.h>

#include "contract/bytes.h"
#include "storage/logical_volume.h"

/* The checksums, which no mutation would get right. */
static uint32_t checksum(const uint8_t *bytes, size_t size)
{
    return ~libdeflate_crc32(~0xf597a6cfu, bytes, size);
}

static bool take(struct lvm2_span physical_volume, void *context)
{
    size_t *seen = context;

    *seen += (size_t)(physical_volume.end - physical_volume.at);
    return true;
}

static void read_text(struct fuzz_input part)
{
    uint8_t *bytes = fuzz_bytes(part.data, part.size);
    const char *text = (const char *)bytes;
    struct volume_group group = {0};
    struct logical_volume volume;
    size_t position = 0, seen = 0;

    if (lvm2_group_read((struct lvm2_span){text, text + part.size}, &group.described) == 0) {
        while (volume_group_next(&group, &position, &volume)) {
            require(strlen(volume.mapped) < sizeof(volume.mapped) && strlen(volume.uuid) < sizeof(volume.uuid));
            (void)volume_group_visit(&group, &volume, take, &seen);
            (void)logical_volume_has_type(&volume, "raid");
        }
    }
    free(bytes);
}

static void read_area(struct fuzz_input part)
{
    uint8_t *header = calloc(1, LVM2_HEADER_SIZE);
    const struct device_range area = {4096, 1044480};
    struct lvm2_text text;

    require(header);
    memcpy(header, part.data, part.size < LVM2_HEADER_SIZE ? part.size : LVM2_HEADER_SIZE);
    put_le32(header, checksum(header + 4, LVM2_HEADER_SIZE - 4));
    if (lvm2_find_text(header, &area, &text) == 0) {
        for (unsigned i = 0; i < 2; i++)
            require(text.parts[i].size == 0
                    || (text.parts[i].offset >= area.offset
                        && text.parts[i].size <= area.offset + area.size - text.parts[i].offset));
    }
    free(header);
}

static void read_label(struct fuzz_input part)
{
    uint8_t *head = calloc(1, LVM2_HEAD_SIZE);
    uint8_t *label = head + LVM2_SECTOR_SIZE;
    struct device_range areas[LVM2_AREAS_MAX];

    require(head);
    memcpy(label, part.data, part.size < LVM2_SECTOR_SIZE ? part.size : LVM2_SECTOR_SIZE);
    put_le32(label + 16, checksum(label + 20, LVM2_SECTOR_SIZE - 20));
    require(lvm2_find_areas(head, areas) <= LVM2_AREAS_MAX);
    free(head);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};

    read_text(fuzz_part(&input));
    read_area(fuzz_part(&input));
    read_label(fuzz_part(&input));
    return 0;
}
