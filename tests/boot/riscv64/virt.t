#!/bin/bash
# riscv64, QEMU's virt, with the kernel of Debian's unstable: one root file system on every bus, and checked.
. "$(dirname "$0")/../lib.sh"

# shellcheck disable=SC2034 # lib.sh's
ARCHITECTURE=riscv64 MACHINE=virt-riscv64 MEMORY=512
[ -x "$BUILD/init/riscv64/init" ] || bail_out "there is no /init for riscv64: make deps-riscv64, then make"
UUID=6b6b6b6b-1111-4222-8333-0123456789ab
disk riscv64-root-64m -t ext4 -p gpt -L kindling-root -U $UUID -s 64M

on_bus() {
    boots "$PROFILE, $1" "root=UUID=$UUID" "$DISK,bus=$1" -- "real-root: root $2 ext4 ro,"
}

use_kernel generic sid
for PROFILE in vm generic; do
    image "riscv64-$PROFILE" -p "$PROFILE"
    check "$PROFILE: kindling check lets it pass" "$KINDLING" check --machine virt-riscv64 -k "$KERNEL/vmlinuz" "$IMAGE"
    on_bus virtio /dev/vda1
    on_bus virtio-mmio /dev/vda1
    on_bus nvme /dev/nvme0n1p1
done
on_bus virtio-scsi /dev/sda1
on_bus ahci /dev/sda1
on_bus usb /dev/sda1
boots "checked by e2fsck" "root=LABEL=kindling-root fsck.mode=force" "$DISK" -- \
    "kindling: checking /dev/vda1, which was asked to be checked" "program e2fsck" "real-root: root /dev/vda1 ext4 ro,"

done_testing
