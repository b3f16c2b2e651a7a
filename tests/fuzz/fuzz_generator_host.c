/* What a sysroot says of the machine that it runs on: mountinfo, swaps, the command line, fstab and crypttab. */
#include "fuzz.h"

#include "feature/host.h"
#include "feature/host_root.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const files[] = {
        "/proc/self/mountinfo", "/proc/swaps", "/proc/cmdline", "/etc/fstab", "/etc/crypttab"};
    static bool is_made;
    struct fuzz_input input = {data, size};
    struct string_list features = {0};
    struct host host = {.sysroot = fuzz_tree()};

    if (!is_made) {
        fuzz_link("/sys/dev/block/8:1", "../../devices/pci0/block/sda/sda1");
        fuzz_write("/sys/devices/pci0/block/sda/sda1/partition", (struct fuzz_input){(const uint8_t *)"1\n", 2});
        fuzz_write("/sys/devices/pci0/modalias", (struct fuzz_input){(const uint8_t *)"pci:v0\n", 7});
        fuzz_link("/sys/class/block/sda1", "../../devices/pci0/block/sda/sda1");
        fuzz_link("/dev/disk/by-uuid/0123-4567", "../../sda1");
        fuzz_write("/dev/sda1", (struct fuzz_input){data, 0});
    }
    is_made = true;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        fuzz_write(files[i], fuzz_part(&input));
    (void)host_add_disks(&host);
    (void)host_add_types(&host);
    host_add_keyboards(&host);
    host_free(&host);
    (void)host_root_check(fuzz_tree(), &features);
    (void)host_is_virtual(fuzz_tree());
    return 0;
}
