/* BitLocker from Windows 7 on, whose boot sector is NTFS's or, on a stick, FAT's, with a GUID of its own and the places
 * of its metadata (libyal/libbde, "BitLocker Drive Encryption format specification", 2.2 and 2.3); little-endian. */
#include <assert.h>
#include <string.h>

#include "contract/bytes.h"
#include "format/superblock_probe.h"

#define COPIES 3

struct fixed_disk_header {
    uint8_t jump[3];
    uint8_t signature[8];
    uint8_t bytes_per_sector[2];
    uint8_t unused[147];
    uint8_t guid[16];
    uint8_t metadata_at[COPIES][8];
};
static_assert(offsetof(struct fixed_disk_header, guid) == 160, "BitLocker guid");

struct stick_header {
    uint8_t jump[3];
    uint8_t signature[8];
    uint8_t bytes_per_sector[2];
    uint8_t unused[411];
    uint8_t guid[16];
    uint8_t metadata_at[COPIES][8];
};
static_assert(offsetof(struct stick_header, guid) == 424, "BitLocker To Go guid");

/* 4967d63b-2e29-4ad8-8399-f6a339e3d001, and the same of which only what is used was enciphered:
 * 92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8. */
static const uint8_t guids[][16] = {
    {0x3b, 0xd6, 0x67, 0x49, 0x29, 0x2e, 0xd8, 0x4a, 0x83, 0x99, 0xf6, 0xa3, 0x39, 0xe3, 0xd0, 0x01},
    {0x3b, 0x4d, 0xa8, 0x92, 0x80, 0xdd, 0x0e, 0x4d, 0x9e, 0x4e, 0xb1, 0xe3, 0x28, 0x4e, 0xae, 0xd8},
};

static bool is_volume(const struct device_view *view, const uint8_t guid[16], const uint8_t metadata_at[COPIES][8])
{
    bool is = false;

    for (size_t i = 0; i < sizeof(guids) / sizeof(guids[0]); i++)
        is |= !memcmp(guid, guids[i], sizeof(guids[i]));
    for (size_t i = 0; i < COPIES; i++) {
        uint64_t at = get_le64(metadata_at[i]);

        is &= at != 0 && at % 512 == 0 && at < view->device_size;
    }
    return is;
}

bool superblock_probe_bitlocker(const struct device_view *view, struct superblock *found)
{
    const struct fixed_disk_header *disk = device_view_bytes(view, 0, sizeof(*disk));
    const struct stick_header *stick = device_view_bytes(view, 0, sizeof(*stick));

    (void)found; /* there is neither a label nor a UUID in what can be read */
    if (disk && !memcmp(disk->signature, "-FVE-FS-", sizeof(disk->signature)))
        return is_volume(view, disk->guid, disk->metadata_at);
    return stick && !memcmp(stick->signature, "MSWIN4.1", sizeof(stick->signature))
           && is_volume(view, stick->guid, stick->metadata_at);
}
