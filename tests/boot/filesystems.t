#!/bin/bash
# Every file system that a root may be, found by UUID or label and named by what it is.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

use_kernel generic
image generic -p generic

on() {
    local type=$1 spec=$2 expected=$3
    shift 3
    disk "fs-$type" -t "$type" -p gpt "$@"
    boots "$type by $spec" "root=$spec" "$DISK" -- "real-root: root /dev/vda1 $expected"
}

UUID=6b6b6b6b-2222-4222-8333-0123456789ab
on ext2 UUID=$UUID "ext2 ro," -U $UUID
on ext3 UUID=$UUID "ext3 ro," -U $UUID
on ext4 LABEL=ext4root "ext4 ro," -L ext4root
on xfs UUID=$UUID "xfs ro," -U $UUID
on btrfs UUID=$UUID "btrfs ro," -U $UUID
on f2fs LABEL=f2fsroot "f2fs ro," -L f2fsroot
on squashfs /dev/vda1 "squashfs ro,"
on erofs UUID=$UUID "erofs ro," -U $UUID
on iso9660 LABEL=ISOROOT "iso9660 ro," -L ISOROOT

disk fs-squashfs -t squashfs -p gpt
boots "squashfs on a write-protected disk" "root=/dev/vda1" "$DISK,readonly" -- "real-root: root /dev/vda1 squashfs ro,"
check "of a check that nobody expects, nothing is said" log_lacks "it is not checked"

# What is asked for by name when a root with these features is mounted read-write.
quotas() {
    cp --sparse=always "$1" "$2" && tune2fs -O quota,project -Q usrquota,grpquota,prjquota "$2" >/dev/null
}
disk ext4-whole-small -t ext4 -p none -U 6b6b6b6b-4444-4222-8333-0123456789ab
once "$MADE/ext4-quota.img" quotas "$DISK" "$MADE/ext4-quota.img"
boots "ext4 with quotas, read-write" "root=/dev/vda rw" "$MADE/ext4-quota.img" -- "real-root: root /dev/vda ext4 rw,"
f2fs_quotas() {
    rm -f "$1" && truncate -s 64M "$1" && mkfs.f2fs -q -O extra_attr,quota "$1"
}
once "$MADE/f2fs-quota.img" f2fs_quotas "$MADE/f2fs-quota.img"
fails "f2fs with quotas, read-write; it has no init" "root=/dev/vda rw" "$MADE/f2fs-quota.img" -- \
    "there is no /sbin/init, /etc/init or /bin/init on /dev/vda"
check "its quotas are on" log_lacks "Cannot turn on quotas"

# These have no place for a real root's links and modes; found and mounted they are.
once "$MADE/plain" mkdir -p "$MADE/plain"
for type in vfat exfat; do
    once "$MADE/$type-plain.img" qemu/mkdisk -t $type -p none "$MADE/$type-plain.img"
    fails "$type is mounted, and has no init" "root=/dev/vda" "$MADE/$type-plain.img" -- \
        "there is no /sbin/init, /etc/init or /bin/init on /dev/vda"
done
once "$MADE/exfat-named.img" qemu/mkdisk -t exfat -p none -L 'far name' "$MADE/exfat-named.img"
fails "an exfat is found by its label, which lies far from its start" 'root="LABEL=far name"' "$MADE/exfat-named.img" -- \
    "there is no /sbin/init, /etc/init or /bin/init on /dev/vda"
once "$MADE/ntfs-plain.img" qemu/mkdisk -t ntfs -p none -U 0123456789ABCDEF "$MADE/ntfs-plain.img"
fails "ntfs is found, but this kernel cannot mount it" "root=UUID=0123456789abcdef" "$MADE/ntfs-plain.img" -- \
    "cannot mount /dev/vda as ntfs: neither this kernel nor this image has that file system"

# A hybrid image on a disk: its first partition begins where the disk does.
disk iso-hybrid -t iso9660 -p none -L HYBRID
boots "iso9660 on the whole disk" "root=LABEL=HYBRID" "$DISK" -- "real-root: root /dev/vda iso9660 ro,"

done_testing
