#!/bin/bash
# arm64, QEMU's virt: one root file system on every bus, with kernels of 6.1 to 7.x, with pages of 4 and of 16 KiB.
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2034 # lib.sh's
ARCHITECTURE=arm64 MACHINE=virt MEMORY=384
UUID=6b6b6b6b-1111-4222-8333-0123456789ab
disk arm64-root-64m -t ext4 -p gpt -L kindling-root -U $UUID -s 64M

on_bus() {
    local bus=$1 expected=$2
    boots "$KVER, $PROFILE, $bus" "root=UUID=$UUID" "$DISK,bus=$bus" -- "real-root: root $expected ext4 ro,"
}

on_all() {
    PROFILE=$1
    image "arm64-$1" -p "$1"
    on_bus virtio /dev/vda1
    on_bus virtio-mmio /dev/vda1
    on_bus virtio-scsi /dev/sda1
    on_bus nvme /dev/nvme0n1p1
    on_bus ahci /dev/sda1
    # Cloud kernels have no USB.
    [[ $KVER = *cloud* ]] || on_bus usb /dev/sda1
}

use_kernel generic
on_all vm
on_all generic
on_bus sd /dev/mmcblk0p1
boots "checked by e2fsck" "root=LABEL=kindling-root fsck.mode=force" "$DISK" -- \
    "kindling: checking /dev/vda1, which was asked to be checked" "program e2fsck" "real-root: root /dev/vda1 ext4 ro,"

use_kernel 16k trixie
on_all generic
use_kernel 16k trixie-backports
on_all vm
use_kernel cloud sid
on_all generic

done_testing
