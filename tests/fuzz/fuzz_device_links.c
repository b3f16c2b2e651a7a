/* What a disk says of itself in sysfs, its pages of vital product data and its names, as udev spells it: whatever the
 * bytes are, a name is one of /dev/disk's. */
#include "fuzz.h"

#include "name/device_links.h"

#define SCSI "/devices/pci0000:00/0000:00:05.0/host2/target2:0:0/2:0:0:0"
#define NVME "/devices/pci0000:00/0000:00:06.0/nvme/nvme0"
#define VIRTIO "/devices/pci0000:00/0000:00:07.0/virtio1"
#define USB "/devices/pci0000:00/0000:00:08.0/usb1/1-1"
#define USB_SCSI USB "/1-1:1.0/host3/target3:0:0/3:0:0:0"

static void make_tree(void)
{
    fuzz_link("/class/block/sda", "../.." SCSI "/block/sda");
    fuzz_link("/class/block/sdb", "../.." USB_SCSI "/block/sdb");
    fuzz_link("/class/block/nvme0n1", "../.." NVME "/nvme0n1");
    fuzz_link("/class/block/vda", "../.." VIRTIO "/block/vda");
    fuzz_link(SCSI "/subsystem", "../../../../../../bus/scsi");
    fuzz_link(SCSI "/block/sda/subsystem", "../../../../../../../../class/block");
    fuzz_link(SCSI "/block/sda/device", "../..");
    fuzz_link(USB "/subsystem", "../../../../../bus/usb");
    fuzz_link(USB "/1-1:1.0/subsystem", "../../../../../../bus/usb");
    fuzz_link(USB_SCSI "/subsystem", "../../../../../../../../../bus/scsi");
    fuzz_link(USB_SCSI "/block/sdb/subsystem", "../../../../../../../../../../../class/block");
    fuzz_link(USB_SCSI "/block/sdb/device", "../..");
    fuzz_link(NVME "/subsystem", "../../../../../class/nvme");
    fuzz_link(NVME "/nvme0n1/subsystem", "../../../../../../class/block");
    fuzz_link(NVME "/nvme0n1/device", "..");
    fuzz_link(VIRTIO "/subsystem", "../../../../bus/virtio");
    fuzz_link(VIRTIO "/block/vda/subsystem", "../../../../../../class/block");
    fuzz_link("/devices/pci0000:00/0000:00:05.0/subsystem", "../../../bus/pci");
    fuzz_link("/devices/pci0000:00/0000:00:06.0/subsystem", "../../../bus/pci");
    fuzz_link("/devices/pci0000:00/0000:00:07.0/subsystem", "../../../bus/pci");
    fuzz_link("/devices/pci0000:00/0000:00:08.0/subsystem", "../../../bus/pci");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const attributes[] = {SCSI "/vpd_pg83", SCSI "/vpd_pg80", SCSI "/vpd_pg89", SCSI "/vendor",
        SCSI "/model", SCSI "/type", SCSI "/block/sda/wwid", USB "/serial", USB "/idVendor", USB "/product",
        USB "/version", USB "/1-1:1.0/bInterfaceClass", USB "/1-1:1.0/bInterfaceSubClass", USB_SCSI "/vendor",
        USB_SCSI "/model", NVME "/nvme0n1/wwid", NVME "/serial", NVME "/model", VIRTIO "/block/vda/serial"};
    static const char *const disks[] = {"sda", "sdb", "nvme0n1", "vda"};
    static bool is_made;
    struct fuzz_input input = {data, size};
    struct device_links links;

    if (!is_made)
        make_tree();
    is_made = true;
    for (size_t i = 0; i < sizeof(attributes) / sizeof(attributes[0]); i++)
        fuzz_write(attributes[i], fuzz_part(&input));
    for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++) {
        size_t count = device_links_find(fuzz_tree(), disks[i], (unsigned)(size % 3), &links);

        require(count <= DEVICE_LINKS_MAX && count == links.count && !links.names[count]);
        for (size_t k = 0; k < count; k++) {
            require(!strncmp(links.names[k], "disk/by-id/", 11) || !strncmp(links.names[k], "disk/by-path/", 13));
            require(!strpbrk(links.names[k], " \t\n\\\"'")); /* a slash is udev's to allow, and it does */
        }
    }
    return 0;
}
