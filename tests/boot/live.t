#!/bin/bash
# Live systems: the root is an image on a medium, and what is written goes elsewhere. The rest of the matrix is in live/.
. "$(dirname "$0")/lib.sh"
. tests/boot/live.sh

use_kernel cloud
image live -p vm -f live

debian_medium

live "a disc of Debian's layout, searched for" "boot=live" "$WORK/debian.iso,bus=scsi-cd" -- \
    "live: mount / overlay rw,relatime,lowerdir=/run/live/rootfs/filesystem.squashfs,upperdir=/run/live/overlay/rw,workdir=/run/live/overlay/work" \
    "live: mount /run/live/medium iso9660 ro," "live: mount /run/live/rootfs/filesystem.squashfs squashfs ro,"
live "a stick, by its label" "root=live:CDLABEL=d-live" "$WORK/debian.iso" -- \
    "live: mount /run/initramfs/live iso9660 ro," "live: mount /run/rootfsbase squashfs ro,"

on_a_stick() {
    rm -f "$1"
    truncate -s 40M "$1"
    mkfs.vfat -n STICK "$1" >/dev/null && mmd -i "$1" ::/isos && mcopy -i "$1" "$WORK/debian.iso" ::/isos/d.iso
}
once "$WORK/vfat.img" on_a_stick "$WORK/vfat.img" "$WORK/debian.iso"
live "an ISO image as a file on a stick" "boot=live findiso=/isos/d.iso" "$WORK/vfat.img" -- \
    "live: mount /run/live/findiso vfat ro," "live: mount /run/live/medium iso9660 ro,"

live "copied into memory, and the disc is let go" "boot=live toram rd.info" "$WORK/debian.iso,bus=scsi-cd" -- \
    "kindling: the root is in memory, 1 MiB: the medium can be taken out" "live: mount /run/live/medium tmpfs ro,"
check "no file system of a disc is mounted" log_lacks iso9660,

fails "two media have the images" "boot=live" "$WORK/debian.iso" "$WORK/debian.iso,bus=scsi-cd" -- \
    "kindling: both /dev/sr0 and /dev/vda1 hold /live/*.squashfs: take one out, or name the medium"
image ram -p vm --root-image "$WORK/root.squashfs"
live "the root is part of the initramfs" "root=ram" -- \
    "live: mount / overlay rw,relatime,lowerdir=/run/rootfsbase,upperdir=/run/initramfs/overlay/overlayfs,workdir=/run/initramfs/overlay/ovlwork" \
    "live: mount /run/rootfsbase squashfs ro,"
done_testing
