/* LVM2 (lib/format_text/layout.h, lib/label/label.h): a label in one of the first four sectors */
#include "format/lvm2.h"
#include "format/superblock_probe.h"

#define LVM2_UUID_SIZE 32u

/* Groups of 6-4-4-4-4-4-6 characters. */
static void lvm2_format_uuid(const uint8_t *uuid, char *text)
{
    for (unsigned i = 0; i < LVM2_UUID_SIZE; i++) {
        if (i >= 6 && i <= 26 && i % 4 == 2)
            *text++ = '-';
        *text++ = (char)uuid[i];
    }
    *text = '\0';
}

bool superblock_probe_lvm2(const struct device_view *view, struct superblock *found)
{
    for (uint64_t sector = 0; sector < LVM2_HEAD_SIZE / LVM2_SECTOR_SIZE; sector++) {
        const uint8_t *bytes = device_view_bytes(view, sector * LVM2_SECTOR_SIZE, LVM2_SECTOR_SIZE);
        const uint8_t *header = bytes ? lvm2_header_in(bytes, sector) : NULL;

        if (header) {
            lvm2_format_uuid(header, found->uuid);
            return true;
        }
    }
    return false;
}
