#!/bin/bash
# How media are laid out: Debian's, Fedora's, Arch's, Ubuntu's, and none at all.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh

use_kernel cloud
image live -p vm -f live

once "$WORK/root.erofs" packed "$WORK/root.erofs" "$WORK/root"

fedora() {
    iso "$1" Fedora-Live LiveOS/squashfs.img="$WORK/root.squashfs"
}
once "$WORK/fedora.iso" fedora "$WORK/fedora.iso" "$WORK/root.squashfs"
live "Fedora's, with the root in the squashfs" "root=live:CDLABEL=Fedora-Live rd.live.image" "$WORK/fedora.iso,bus=scsi-cd" -- \
    "live: mount /run/initramfs/live iso9660 ro," "live: mount /run/rootfsbase squashfs ro,"
live "the same, copied into memory" "root=live:LABEL=Fedora-Live rd.live.image rd.live.ram" "$WORK/fedora.iso" -- \
    "the medium can be taken out" "live: mount /run/initramfs/live tmpfs ro,"
check "the medium is not in use" log_lacks iso9660

nested() {
    mkdir -p "$1.tree/LiveOS"
    qemu/mkdisk -t ext4 -p none "$1.tree/LiveOS/rootfs.img" "$WORK/root"
    rm -f "$1.squashfs"
    mksquashfs "$1.tree" "$1.squashfs" -quiet -no-progress
    iso "$1" Fedora-Old LiveOS/squashfs.img="$1.squashfs"
}
once "$WORK/nested.iso" nested "$WORK/nested.iso" "$WORK/root.squashfs"
live "Fedora's older one, with an ext4 in the squashfs" "root=live:CDLABEL=Fedora-Old rd.live.image" "$WORK/nested.iso" -- \
    "live: mount /run/initramfs/squashfs squashfs ro," "live: mount /run/rootfsbase ext4 ro,"

erofs() {
    iso "$1" Fedora-New LiveOS/rootfs.erofs="$WORK/root.erofs"
}
once "$WORK/erofs.iso" erofs "$WORK/erofs.iso" "$WORK/root.erofs"
live "an erofs whose name is given" "root=live:CDLABEL=Fedora-New rd.live.squashimg=rootfs.erofs rd.live.overlay.size=48" "$WORK/erofs.iso" -- \
    "live: mount /run/rootfsbase erofs ro," "live: mount /run/initramfs/overlay tmpfs rw,nosuid,nodev,relatime,size=49152k"

arch() {
    iso "$1" ARCH_202611 arch/x86_64/airootfs.sfs="$WORK/root.squashfs"
}
once "$WORK/arch.iso" arch "$WORK/arch.iso" "$WORK/root.squashfs"
live "Arch's" "archisobasedir=arch archisolabel=ARCH_202611 copytoram=n cow_spacesize=32M" "$WORK/arch.iso" -- \
    "live: mount /run/archiso/bootmnt iso9660 ro," "live: mount /run/archiso/airootfs squashfs ro," \
    "live: mount /run/archiso/cowspace tmpfs rw,nosuid,nodev,relatime,size=32768k"
live "Arch's, into memory where it fits" "archisobasedir=arch archisolabel=ARCH_202611 copytoram=auto rd.minmem=9999" "$WORK/arch.iso" -- \
    "they stay on the medium" "live: mount /run/archiso/bootmnt iso9660 ro,"

carried() {
    rm -rf "$1.tree"
    mkdir -p "$1.tree/isos"
    cp "$WORK/arch.iso" "$1.tree/isos/arch.iso"
    qemu/mkdisk -t ext4 -p gpt -L carrier -s 64M "$1" "$1.tree"
}
once "$WORK/carried.img" carried "$WORK/carried.img" "$WORK/arch.iso"
once "$WORK/cow.img" qemu/mkdisk -t ext4 -p none -L cow "$WORK/cow.img"
live "Arch's, in a file, with what is written on a device" \
    "archisobasedir=arch archisolabel=ARCH_202611 img_dev=/dev/disk/by-label/carrier img_loop=/isos/arch.iso cow_device=/dev/disk/by-label/cow" \
    "$WORK/carried.img" "$WORK/cow.img" -- "live: mount /run/archiso/img_dev ext4 ro," "live: mount /run/archiso/bootmnt iso9660 ro," \
    "live: mount /run/archiso/cowspace ext4 rw," "upperdir=/run/archiso/cowspace/persistent_ARCH_202611/x86_64/upperdir"

once "$WORK/cow-kept.img" qemu/mkdisk -t ext4 -p none -L cow "$WORK/cow-kept.img"
kept "Arch's, with what is written on a device by its label, in a directory" \
    "archisobasedir=arch archisosearchuuid=$(blkid -o value -s UUID "$WORK/arch.iso") cow_label=cow cow_directory=/mine/too" \
    "$WORK/arch.iso" "$WORK/cow-kept.img" -- "upperdir=/run/archiso/cowspace/mine/too/upperdir"
live "Arch's, on a device, into memory" "archisobasedir=arch archisodevice=/dev/vda copytoram=y" "$WORK/arch.iso" -- \
    "the medium can be taken out" "live: mount /run/archiso/bootmnt tmpfs ro,"

# layer FILE NAME=TEXT...: a squashfs of small files.
layer() {
    rm -rf "$1" "$1.tree"
    mkdir -p "$1.tree"
    local one
    for one in "${@:2}"; do
        echo "${one#*=}" >"$1.tree/${one%%=*}"
    done
    mksquashfs "$1.tree" "$1" -quiet -no-progress
}
casper() {
    layer "$1.2" layer=second second=yes
    layer "$1.3" layer=third
    layer "$1.4" layer=other
    iso "$1" Ubuntu casper/minimal.squashfs="$WORK/root.squashfs" casper/minimal.standard.squashfs="$1.2" \
        casper/minimal.standard.live.squashfs="$1.3" casper/minimal.de.squashfs="$1.4"
}
once "$WORK/casper.iso" casper "$WORK/casper.iso" "$WORK/root.squashfs"
live "Ubuntu's layers, the highest on top" "boot=casper show=/layer" "$WORK/casper.iso" -- "live: layer third" "live: mount /cdrom iso9660 ro,"
live "the layers that are asked for" "boot=casper layerfs-path=minimal.standard.squashfs" "$WORK/casper.iso" -- "live: layer second"

modules() {
    layer "$1.2" layer=module
    echo "filesystem.squashfs more.squashfs" >"$1.list"
    iso "$1" d-live live/filesystem.squashfs="$WORK/root.squashfs" live/more.squashfs="$1.2" live/filesystem.module="$1.list" \
        live/zzz.squashfs="$1.list"
}
once "$WORK/modules.iso" modules "$WORK/modules.iso" "$WORK/root.squashfs"
live "Debian's, with a list of modules" "boot=live" "$WORK/modules.iso" -- "live: layer module"

elsewhere() {
    iso "$1" d-other debian/other.squashfs="$WORK/root.squashfs" debian/zzz.squashfs="$WORK/modules.iso.2" debian/more.module="$WORK/elsewhere.list"
}
echo other.squashfs >"$WORK/elsewhere.list"
once "$WORK/elsewhere.iso" elsewhere "$WORK/elsewhere.iso" "$WORK/root.squashfs"
OTHER="live-media=/dev/disk/by-label/d-other live-media-path=/debian"
live "Debian's, on a medium and in a directory that are named" "boot=live $OTHER" "$WORK/modules.iso" "$WORK/elsewhere.iso" -- \
    "live: mount /run/live/rootfs/other.squashfs squashfs ro," "live: layer module"
live "by their older names, with so much memory for what is written" \
    "boot=live bootfrom=/dev/disk/by-label/d-other live-media-path=/debian overlay-size=40%" "$WORK/modules.iso" "$WORK/elsewhere.iso" -- \
    "live: mount /run/live/rootfs/other.squashfs squashfs ro," "live: mount /run/live/overlay tmpfs rw,nosuid,nodev,relatime,size="
live "in dracut's way" "root=live:LABEL=d-other rd.live.dir=/debian rd.live.squashimg=other.squashfs" "$WORK/elsewhere.iso" -- \
    "live: mount /run/rootfsbase squashfs ro,"
live "one of its images, copied into memory" "boot=live $OTHER toram=other.squashfs" "$WORK/modules.iso" "$WORK/elsewhere.iso" -- \
    "live: mount /run/live/medium tmpfs ro," "live: layer "
check "the other one is left out" log_lacks "zzz.squashfs"
live "those of a list" "boot=live $OTHER module=more" "$WORK/modules.iso" "$WORK/elsewhere.iso" -- \
    "live: mount /run/live/rootfs/other.squashfs squashfs ro,"
check "and no others" log_lacks "zzz.squashfs"

once "$WORK/squashfs.img" qemu/mkdisk -t squashfs -p gpt "$WORK/squashfs.img" "$WORK/root"
live "a squashfs on a partition, under an overlay" "root=/dev/vda1 rootfstype=squashfs rd.overlay" "$WORK/squashfs.img" -- \
    "live: mount /run/rootfsbase squashfs ro,"
live "the same, named in dracut's way" "root=live:/dev/vda1" "$WORK/squashfs.img" -- "live: mount /run/initramfs/live squashfs ro,"
once "$WORK/erofs.img" qemu/mkdisk -t erofs -p gpt "$WORK/erofs.img" "$WORK/root"
live "an erofs on a partition" "root=/dev/vda1 rootfstype=erofs rd.overlay" "$WORK/erofs.img" -- "live: mount /run/rootfsbase erofs ro,"

a_file() {
    mkdir -p "$1.tree/disks"
    qemu/mkdisk -t ext4 -p none "$1.tree/disks/root.disk" "$WORK/root"
    cp "$WORK/root.squashfs" "$1.tree/disks/root.squashfs"
    qemu/mkdisk -t ext4 -p none -L windows -s 120M "$1" "$1.tree"
}
once "$WORK/file.img" a_file "$WORK/file.img" "$WORK/root" "$WORK/root.squashfs"
live "a root that is a file in another file system, written to" "root=LABEL=windows loop=/disks/root.disk rw" "$WORK/file.img" -- \
    "live: mount / ext4 rw," "live: mount /host ext4 rw,"
live "the same, of a type that is told" "root=LABEL=windows loop=/disks/root.disk loopfstype=ext4 rw" "$WORK/file.img" -- \
    "live: mount / ext4 rw,"
live "of one of two" "root=LABEL=windows loop=/disks/root.disk loopfstype=squashfs,ext4 rw" "$WORK/file.img" -- \
    "live: mount / ext4 rw,"
live "a squashfs, under an overlay" "root=LABEL=windows loop=/disks/root.squashfs loopfstype=squashfs rd.overlay" "$WORK/file.img" -- \
    "live: mount /run/rootfsbase squashfs ro,"
fails "of another type than is told" "root=LABEL=windows loop=/disks/root.disk loopfstype=squashfs rw" "$WORK/file.img" -- \
    "kindling: cannot mount /run/initramfs/host/disks/root.disk as squashfs, which loopfstype= asks for: there is an ext4 file system in it"
done_testing
