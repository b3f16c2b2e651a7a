#!/bin/bash
# One root file system on every bus that a small or a virtual machine keeps its disk on, from one generic image.
. "$(dirname "$0")/lib.sh"

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
disk ext4-gpt-64m -t ext4 -p gpt -L kindling-root -U $UUID -s 64M # SD cards come in powers of two

on_bus() {
    local bus=$1 expected=$2
    boots "$FLAVOUR kernel, $MACHINE, $bus" "root=UUID=$UUID" "$DISK,bus=$bus" -- "real-root: root $expected ext4 ro,"
}

FLAVOUR=cloud
use_kernel cloud
image generic -p generic
MACHINE=pc
on_bus virtio /dev/vda1
on_bus virtio-legacy /dev/vda1
on_bus virtio-scsi /dev/sda1
on_bus nvme /dev/nvme0n1p1
on_bus ide /dev/sda1
MACHINE=microvm
on_bus virtio /dev/vda1
on_bus virtio-scsi /dev/sda1
MACHINE=q35
on_bus virtio-modern /dev/vda1

FLAVOUR=generic
use_kernel generic
image generic -p generic
MACHINE=q35
on_bus virtio /dev/vda1
on_bus virtio-scsi /dev/sda1
on_bus nvme /dev/nvme0n1p1
on_bus ahci /dev/sda1
on_bus usb /dev/sda1
on_bus usb-ehci /dev/sda1
on_bus uas /dev/sda1
on_bus uas-ehci /dev/sda1
on_bus sd /dev/mmcblk0p1
on_bus mptsas /dev/sda1
on_bus megasas /dev/sda1
on_bus pvscsi /dev/sda1
MACHINE=microvm
on_bus virtio /dev/vda1
on_bus virtio-scsi /dev/sda1
MACHINE=pc
on_bus virtio-legacy /dev/vda1
on_bus virtio-modern /dev/vda1
on_bus ide /dev/sda1

# The buses of its keyboards: keyboards.t.
for module in rbd drbd ceph raid456 dm-raid dm-vdo kvdo; do
    check "it has no $module" [ "$(zcat "$IMAGE" | cpio -it --quiet | grep -c "/$module\.ko")" = 0 ]
done

# What cannot be booted here is at least in the image.
holds() {
    zcat "$IMAGE" | cpio -it --quiet | grep -q "/$1\.ko"
}
for module in xen-blkfront hv_storvsc hv_vmbus vmw_pvscsi mptspi; do
    check "the generic image has $module" holds "$module"
done

# An IOMMU that is a module: nothing behind it is probed until it is there.
use_kernel cloud trixie
image vm
MACHINE=q35
RUN_OPTIONS=(-- -device virtio-iommu-pci)
boots "a virtio-iommu in front of the disk" "root=UUID=$UUID" "$DISK" -- "real-root: root /dev/vda1 ext4 ro," "module virtio_iommu"
fails "and no driver for it" "root=UUID=$UUID rd.timeout=5 rd.driver.blacklist=virtio_iommu" "$DISK" -- \
    ": waits for another device that is not driven, such as an IOMMU, a clock or a regulator"

done_testing
