#!/bin/bash
# Two disks of one name, one a copy of the other: refused whatever buses they are on and whichever comes first.
# The other pairs of buses are buses/clones.t.
. "$(dirname "$0")/lib.sh"
. tests/boot/clones.sh

# What the firmware tells of its disks decides what is waited for.
BOOT_LOADER=yes
refused virtio usb /dev/sda1 /dev/vda1 ""
refused virtio ahci /dev/sda1 /dev/vda1 ""
# A SATA controller without a disk is not waited for where the firmware tells which disks there are.
boots "virtio, and idle SATA ports" "root=UUID=$UUID rd.info" "$DISK,bus=virtio" -- "real-root: root /dev/vda1 ext4 ro,"
check "the ports are not looked at" log_lacks "ahci"
boots "the same, and edd=off keeps the firmware's list from the kernel" "root=UUID=$UUID edd=off rd.info" "$DISK,bus=virtio" -- \
    "real-root: root /dev/vda1 ext4 ro,"
check "the ports are looked at" log_shows "ahci"
BOOT_LOADER=
refused nvme sd /dev/mmcblk0p1 /dev/nvme0n1p1 ""
# The kernel shows this disk for seconds before it tells of it: until it has read the partition table.
RUN_OPTIONS=(-- -device "qemu-xhci,id=slow-bus" -device "usb-storage,bus=slow-bus.0,drive=slow"
    -drive "if=none,id=slow,file=$DISK,format=raw,snapshot=on,throttling.iops-total=3")
fails "virtio and usb, read slowly" "root=UUID=$UUID" "$DISK,bus=virtio" -- \
    "root=UUID=$UUID is ambiguous: /dev/sda1 and /dev/vda1 both have that name"
RUN_OPTIONS=()
boots "virtio and usb: the quick one, and it says so" "root=UUID=$UUID rd.settle=quick rd.info" "$DISK,bus=virtio" "$DISK,bus=usb" -- \
    "root=UUID=$UUID was found before slower buses were looked at; rd.settle=all waits for them" \
    "real-root: root /dev/vda1 ext4 ro,"

done_testing
