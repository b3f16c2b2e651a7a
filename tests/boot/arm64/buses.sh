# arm64, QEMU's virt, one root file system on every bus: source it.
# shellcheck shell=bash

. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

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
