#!/bin/bash
# Two disks of one name, one a copy of the other, on each pair of buses: refused.
. "$(dirname "$0")/../lib.sh"
. tests/boot/clones.sh

# What the firmware tells of its disks decides what is waited for: one boot for each bus that it knows.
BOOT_LOADER=yes
refused ahci ahci /dev/sda1 /dev/sdb1 ""
refused usb usb /dev/sda1 /dev/sdb1 ""
refused virtio sd /dev/mmcblk0p1 /dev/vda1 ""
refused nvme ahci /dev/nvme0n1p1 /dev/sda1 ""
MACHINE=pc
refused ide ahci /dev/sda1 /dev/sdb1 ""
refused virtio ide /dev/sda1 /dev/vda1 ""
BOOT_LOADER=
refused ide ide /dev/sda1 /dev/sdb1 ""

MACHINE=q35
refused uas uas /dev/sda1 /dev/sdb1 ""
refused usb-ehci usb /dev/sda1 /dev/sdb1 ""
refused ahci usb /dev/sda1 /dev/sdb1 ""
refused sd sd /dev/mmcblk0p1 /dev/mmcblk1p1 ""
refused virtio uas /dev/sda1 /dev/vda1 ""
refused virtio usb /dev/sda1 /dev/vda1 rd.settle=all

done_testing
