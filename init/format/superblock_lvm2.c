/* LVM2 (lib/format_text/layout.h, lib/label/label.h): a label in one of the first four sectors */
#include <assert.h>
#include <libdeflate.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/crc.h"
#include "format/superblock_probe.h"

#define SECTOR_SIZE 512u

#define LVM2_LABEL_SECTORS 4
#define LVM2_UUID_SIZE 32u
#define LVM2_CRC_START 0xf597a6cfu

struct lvm2_label {
    char id[8];
    uint8_t sector[8];
    uint8_t crc[4]; /* of all that follows in the sector */
    uint8_t pv_header_offset[4];
    char type[8];
};
static_assert(offsetof(struct lvm2_label, pv_header_offset) == 20, "LVM2 label");
static_assert(sizeof(struct lvm2_label) == 32, "LVM2 label");

/* Groups of 6-4-4-4-4-4-6 characters. */
static void lvm2_format_uuid(const char *uuid, char *text)
{
    for (unsigned i = 0; i < LVM2_UUID_SIZE; i++) {
        if (i >= 6 && i <= 26 && i % 4 == 2)
            *text++ = '-';
        *text++ = uuid[i];
    }
    *text = '\0';
}

static bool lvm2_probe_sector(const struct device_view *view, uint64_t sector, struct superblock *found)
{
    const struct lvm2_label *label = device_view_bytes(view, sector * SECTOR_SIZE, SECTOR_SIZE);
    size_t checked_from;
    const uint8_t *bytes;
    uint32_t crc, header_offset;

    if (!label || memcmp(label->id, "LABELONE", 8) != 0 || memcmp(label->type, "LVM2 001", 8) != 0)
        return false;
    checked_from = offsetof(struct lvm2_label, pv_header_offset);
    bytes = (const uint8_t *)label;
    crc = ~libdeflate_crc32(~LVM2_CRC_START, bytes + checked_from, SECTOR_SIZE - checked_from);
    if (get_le64(label->sector) != sector || get_le32(label->crc) != crc)
        return false;
    header_offset = get_le32(label->pv_header_offset);
    if (header_offset > SECTOR_SIZE - LVM2_UUID_SIZE)
        return false;
    lvm2_format_uuid((const char *)bytes + header_offset, found->uuid);
    return true;
}

bool superblock_probe_lvm2(const struct device_view *view, struct superblock *found)
{
    for (uint64_t sector = 0; sector < LVM2_LABEL_SECTORS; sector++)
        if (lvm2_probe_sector(view, sector, found))
            return true;
    return false;
}
