#include "device/firmware_disks.h"

#include <string.h>

#include "contract/bytes.h"
#include "system/sysfs.h"
#include "system/text.h"

/* struct boot_params, struct edd_info and struct edd_device_params of include/uapi/linux/edd.h: offsets in bytes. */
enum {
    EDD_COUNT = 0x1e9,
    EDD_LAST_SIGNED = 0x1ea, /* the number of the last disk with a boot record, from 1; more of them fit */
    EDD_LIST = 0xd00,
    EDD_SIZE = 82, /* of an entry */
    EDD_KEY = 8 + 30,
    EDD_HOST_BUS = 8 + 36,
    EDD_PATH = 8 + 48, /* of PCI: bus, slot and function, a byte each */
    EDD_END = 8 + 74,
    KEY_IS_VALID = 0xbedd,
};

/* From the key to the end all bytes add up to nothing. */
static bool is_sound(const uint8_t *entry)
{
    uint8_t sum = 0;

    for (size_t i = EDD_KEY; i < EDD_END; i++)
        sum = (uint8_t)(sum + entry[i]);
    return get_le16(entry + EDD_KEY) == KEY_IS_VALID && sum == 0;
}

static bool parse_controller(const uint8_t *entry, char address[PCI_ADDRESS_SIZE])
{
    static const char digits[] = "0123456789abcdef";
    const uint8_t *path = entry + EDD_PATH;

    if (!is_sound(entry) || memcmp(entry + EDD_HOST_BUS, "PCI ", 4) != 0 || path[1] > 0x1f || path[2] > 7)
        return false;
    memcpy(address, "0000:00:00.0", PCI_ADDRESS_SIZE);
    address[5] = digits[path[0] >> 4];
    address[6] = digits[path[0] & 15];
    address[8] = digits[path[1] >> 4];
    address[9] = digits[path[1] & 15];
    address[11] = digits[path[2]];
    return true;
}

bool firmware_disks_parse(const uint8_t boot_params[BOOT_PARAMS_SIZE], struct firmware_disks *disks)
{
    bool told = true;

    disks->count = boot_params[EDD_COUNT];
    if (disks->count == 0 || disks->count >= FIRMWARE_DISKS_MAX || boot_params[EDD_LAST_SIGNED] > disks->count)
        return false;
    for (size_t i = 0; i < disks->count && told; i++)
        told = parse_controller(boot_params + EDD_LIST + i * EDD_SIZE, disks->controllers[i]);
    return told;
}

bool firmware_disks_have_drivers(int sysfs)
{
    uint8_t boot_params[BOOT_PARAMS_SIZE];
    char path[SYSFS_PATH_SIZE];
    struct firmware_disks disks;
    bool have =
        sysfs_read_bytes(sysfs, "kernel/boot_params", "data", boot_params, sizeof(boot_params)) == sizeof(boot_params)
        && firmware_disks_parse(boot_params, &disks);

    for (size_t i = 0; have && i < disks.count; i++)
        have = text_join(path, sizeof(path), "bus/pci/devices/", disks.controllers[i], NULL) == 0
               && sysfs_has_driver(sysfs, path);
    return have;
}
