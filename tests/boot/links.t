#!/bin/bash
# root= by udev's names for a disk itself and for the place where it is plugged in, without a udev. The names are those
# that udev 252 gave on these machines.
. "$(dirname "$0")/lib.sh"

MACHINE=q35
use_kernel generic
image generic -p generic
disk ext4-gpt-64m -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab -s 64M
once "$MADE/plain" mkdir -p "$MADE/plain"
once "$MADE/rootless.img" qemu/mkdisk -t ext4 -p gpt -s 64M "$MADE/rootless.img" "$MADE/plain"

# named BUS ID PATH: the first disk on the bus is no root, the second, whose names these are, is.
named() {
    local disks=("$MADE/rootless.img,bus=$1,serial=other" "$DISK,bus=$1,serial=root disk")
    boots "$1, by-id" "root=/dev/disk/by-id/$2-part1" "${disks[@]}" -- "real-root: init /sbin/init"
    boots "$1, by-path" "root=/dev/disk/by-path/$3-part1" "${disks[@]}" -- "real-root: init /sbin/init"
}

named virtio virtio-root_disk pci-0000:00:02.0
named virtio-scsi scsi-0QEMU_QEMU_HARDDISK_root_disk pci-0000:00:01.0-scsi-0:0:1:0
named nvme nvme-QEMU_NVMe_Ctrl_root_disk_1 pci-0000:00:02.0-nvme-1
named ahci ata-QEMU_HARDDISK_root_disk pci-0000:00:1f.2-ata-2.0
named usb usb-QEMU_QEMU_HARDDISK_root_disk-0:0 pci-0000:00:01.0-usb-0:2:1.0-scsi-0:0:0:0
fails "the other disk is what its name says" "root=/dev/disk/by-id/virtio-other-part1" \
    "$MADE/rootless.img,serial=other" "$DISK,serial=root disk" -- "on /dev/vda1"

done_testing
