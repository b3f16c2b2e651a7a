/* The firmware's list of disks (EDD), in the kernel's boot_params: whatever it says, each controller is an address. */
#include "fuzz.h"

#include "device/firmware_disks.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *boot_params = calloc(1, BOOT_PARAMS_SIZE);
    struct firmware_disks disks;

    require(boot_params);
    /* What is looked at lies in two places; the input has both, one behind the other. */
    memcpy(boot_params + 0x1e9, data, size < 2 ? size : 2);
    if (size > 2)
        memcpy(boot_params + 0xd00, data + 2, size - 2 < 0x200 ? size - 2 : 0x200);
    if (firmware_disks_parse(boot_params, &disks)) {
        require(disks.count > 0 && disks.count < FIRMWARE_DISKS_MAX);
        for (size_t i = 0; i < disks.count; i++)
            require(strlen(disks.controllers[i]) == PCI_ADDRESS_SIZE - 1);
    }
    free(boot_params);
    return 0;
}
