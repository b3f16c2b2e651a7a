#!/bin/bash
# Where a medium may be: discs and sticks on each bus, and ISO images as files in each file system.
. "$(dirname "$0")/../lib.sh"
. tests/boot/live.sh

use_kernel cloud
image live -p vm -f live

debian_medium

# carrier FILE TYPE: a file system with the image in /isos.
carrier() {
    rm -rf "$1.tree"
    mkdir -p "$1.tree/isos"
    cp "$WORK/debian.iso" "$1.tree/isos/d.iso"
    case $2 in
        vfat)
            truncate -s 40M "$1"
            mkfs.vfat "$1" && mmd -i "$1" ::/isos && mcopy -i "$1" "$WORK/debian.iso" ::/isos/d.iso
            ;;
        *) qemu/mkdisk -t "$2" -p none -s 400M "$1" "$1.tree" ;;
    esac
}
for type in vfat ext4 xfs btrfs; do
    once "$WORK/$type.img" carrier "$WORK/$type.img" $type "$WORK/debian.iso"
    before=$(sha256sum <"$WORK/$type.img")
    SNAPSHOT='' live "an ISO image in a $type" "root=live:CDLABEL=d-live iso-scan/filename=/isos/d.iso" "$WORK/$type.img" -- \
        "live: mount /run/initramfs/isoscan $type ro," "live: mount /run/initramfs/live iso9660 ro,"
    check "not a byte of the $type has changed" test "$before" = "$(sha256sum <"$WORK/$type.img")"
done
exfat() {
    rm -f "$1"
    truncate -s 64M "$1"
    mkfs.exfat "$1" >/dev/null || return
    SNAPSHOT='' run_machine "an exfat is made" 'live: done' "init=/sbin/live boot=live rd.driver.pre=exfat carry=/dev/vdb" \
        "$WORK/debian.iso,readonly" "$1" && log_shows "live: carried"
}
once "$WORK/exfat.img" exfat "$WORK/exfat.img" "$WORK/debian.iso"
before=$(sha256sum <"$WORK/exfat.img")
SNAPSHOT='' live "an ISO image in an exfat" "root=live:CDLABEL=d-live iso-scan/filename=/d.iso" "$WORK/exfat.img" -- \
    "live: mount /run/initramfs/isoscan exfat ro,"
check "not a byte of the exfat has changed" test "$before" = "$(sha256sum <"$WORK/exfat.img")"
live "an ISO image by its device" "boot=live fromiso=/dev/vda/isos/d.iso" "$WORK/ext4.img" -- "live: mount /run/live/findiso ext4 ro,"
live "an ISO image by its path alone" "root=live:/isos/d.iso" "$WORK/ext4.img" -- "live: mount /run/initramfs/isoscan ext4 ro,"
live "and copied into memory" "boot=live findiso=/isos/d.iso toram" "$WORK/ext4.img" -- "live: mount /run/live/medium tmpfs ro,"
check "neither the image nor its file system is in use" log_lacks "live: mount /run/live/findiso" "iso9660"

# The checks that are asked for: what implantisomd5 wrote, and lists of checksums.
implanted() {
    cp "$WORK/debian.iso" "$1"
    implantisomd5 "$1"
}
once "$WORK/implanted.iso" implanted "$WORK/implanted.iso" "$WORK/debian.iso"
live "a medium that is as it was made" "root=live:CDLABEL=d-live rd.live.check" "$WORK/implanted.iso" -- \
    "kindling: the medium is as it was made"
spoiled() {
    cp "$2" "$1"
    printf 'x' | dd of="$1" bs=1 seek=$(($(stat -c %s "$1") - 40960)) conv=notrunc status=none
}
once "$WORK/spoiled.iso" spoiled "$WORK/spoiled.iso" "$WORK/implanted.iso"
fails "a medium of which a byte has changed" "root=live:CDLABEL=d-live rd.live.check" "$WORK/spoiled.iso" -- \
    "kindling: the medium is damaged: /dev/vda does not have the checksum that it was made with"
listed() {
    (cd "$WORK" && sha256sum root.squashfs | sed 's,root.squashfs,./live/filesystem.squashfs,') >"$1.list"
    iso "$1" d-live live/filesystem.squashfs="$WORK/root.squashfs" sha256sum.txt="$1.list"
    tr 0-9a-f 1-9a-f0 <"$1.list" | sed 's,  .*,  ./live/filesystem.squashfs,' >"$1.wrong"
    iso "$1.wrong.iso" d-live live/filesystem.squashfs="$WORK/root.squashfs" sha256sum.txt="$1.wrong"
}
once "$WORK/listed.iso" listed "$WORK/listed.iso" "$WORK/debian.iso"
live "a medium with a list of checksums" "boot=live verify-checksums" "$WORK/listed.iso" -- "kindling: the medium is as it was made"
fails "one whose list says otherwise" "boot=live verify-checksums" "$WORK/listed.iso.wrong.iso" -- \
    "kindling: the medium is damaged: live/filesystem.squashfs does not have the checksum that it was made with"
fails "one without any" "boot=live verify-checksums" "$WORK/debian.iso" -- \
    "cannot be checked: it has neither an implanted MD5 sum"

# Arch's list lies beside the root's image, as mkarchiso writes it.
summed() {
    cp "$WORK/root.squashfs" "$1.sfs"
    sha512sum <"$1.sfs" | sed 's/-$/airootfs.sfs/' >"$1.sum"
    sha256sum <"$1.sfs" | sed 's/-$/airootfs.sfs/' >"$1.sha256"
    iso "$1" ARCH_202611 arch/x86_64/airootfs.sfs="$1.sfs" arch/x86_64/airootfs.sha512="$1.sum"
    iso "$1.sha256.iso" ARCH_202611 arch/x86_64/airootfs.sfs="$1.sfs" arch/x86_64/airootfs.sha256="$1.sha256"
    printf 'damaged' | dd of="$1.sfs" bs=1 seek=$(($(stat -c %s "$1.sfs") / 2)) conv=notrunc status=none
    iso "$1.damaged.iso" ARCH_202611 arch/x86_64/airootfs.sfs="$1.sfs" arch/x86_64/airootfs.sha512="$1.sum"
    iso "$1.none.iso" ARCH_202611 arch/x86_64/airootfs.sfs="$WORK/root.squashfs"
}
once "$WORK/summed.iso" summed "$WORK/summed.iso" "$WORK/root.squashfs"
ARCH="archisobasedir=arch archisolabel=ARCH_202611"
live "Arch's, by its SHA-512" "$ARCH checksum=y copytoram=n" "$WORK/summed.iso" -- "kindling: the medium is as it was made"
live "Arch's, by its SHA-256" "$ARCH checksum" "$WORK/summed.iso.sha256.iso" -- "kindling: the medium is as it was made"
fails "Arch's, whose image has changed" "$ARCH checksum=y" "$WORK/summed.iso.damaged.iso" -- \
    "kindling: the medium is damaged: airootfs.sfs does not have the checksum that it was made with"
fails "Arch's without a list" "$ARCH checksum=y" "$WORK/summed.iso.none.iso" -- "nor an airootfs.sha512 or airootfs.sha256 of its image"
live "Arch's, that is not to be checked" "$ARCH checksum=n" "$WORK/summed.iso.none.iso" -- "live: mount /run/archiso/airootfs squashfs ro,"

# Debian's kernels have ntfs3 from 13 on.
use_kernel cloud trixie
image live-trixie -p vm -f live
ntfs() {
    rm -f "$1"
    truncate -s 64M "$1"
    mkfs.ntfs -Q -F "$1" && ntfscp "$1" "$WORK/debian.iso" d.iso
}
once "$WORK/ntfs.img" ntfs "$WORK/ntfs.img" "$WORK/debian.iso"
live "an ISO image in an NTFS" "boot=live findiso=/d.iso" "$WORK/ntfs.img" -- "live: mount /run/live/findiso ntfs3 ro,"

use_kernel generic
image live-generic -p generic -f live
for bus in scsi-cd ide-cd ahci-cd usb-cd usb; do
    live "a medium on $bus" "boot=live" "$WORK/debian.iso,bus=$bus" -- "live: mount /run/live/medium iso9660 ro,"
done
live "only what is on USB" "boot=live live-media=removable-usb" "$WORK/debian.iso,bus=usb" "$WORK/debian.iso,bus=scsi-cd" -- \
    "live: mount /run/live/medium iso9660 ro,"
keeper() {
    rm -rf "$1.tree"
    mkdir -p "$1.tree"
    echo '/ union' >"$1.tree/persistence.conf"
    qemu/mkdisk -t ext4 -p none -L persistence -s 32M "$1" "$1.tree"
}
once "$WORK/kept.img" keeper "$WORK/kept.img"
live "a persistence that can be taken out, and none that is built in" "boot=live persistence persistence-media=removable-usb" \
    "$WORK/debian.iso,bus=scsi-cd" "$WORK/kept.img" "$WORK/kept.img,bus=usb" -- "upperdir=/run/live/persistence/sda/rw"
live "one that is built in alone" "boot=live persistence persistence-media=removable" "$WORK/debian.iso,bus=scsi-cd" "$WORK/kept.img" -- \
    "kindling: persistence was asked for, and nothing is labelled persistence"
live "only what can be taken out" "boot=live live-media=removable" "$WORK/debian.iso" "$WORK/debian.iso,bus=usb-cd" -- \
    "live: mount /run/live/medium iso9660 ro,"
done_testing
