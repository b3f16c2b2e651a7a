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
UNQUOTED=$DISK
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

# No tool fills these without mounting them: found and mounted they are. What /init knows, kindling check promises, and
# no more than that.
made_by_mkfs() {
    rm -f "$3" && truncate -s "$1" "$3" && $2 "$3" >/dev/null 2>&1
}
says() {
    local status=$1 words=$2 said
    shift 2
    said=$("$KINDLING" check --machine q35-virtio "$@" "$IMAGE" 2>&1)
    [ $? = "$status" ] && grep -qE -- "$words" <<<"$said" && return
    echo "$said"
    return 1
}
rare() {
    local type=$1 label=$2
    DISK=$MADE/$type-plain.img
    once "$DISK" made_by_mkfs "$3" "$4" "$DISK"
    fails "$type is found and mounted, and has no init" "root=LABEL=$label" "$DISK" -- \
        "there is no /sbin/init, /etc/init or /bin/init on /dev/vda"
    check "$type: and so says kindling check" says 0 "boots on q35-virtio \($type\)" --root "$DISK"
}
rare nilfs2 LOGS 144M "mkfs.nilfs2 -L LOGS"
rare reiserfs TREE 40M "mkfs.reiserfs -q -f -l TREE"
GENERIC=$IMAGE
image rare -p minimal -f virtio -m jfs -m minix
rare jfs OLD 16M "mkfs.jfs -q -L OLD"
once "$MADE/minix-plain.img" made_by_mkfs 8M mkfs.minix "$MADE/minix-plain.img"
fails "what nobody can name is mounted with rootfstype=" "root=/dev/vda rootfstype=minix" "$MADE/minix-plain.img" -- \
    "there is no /sbin/init, /etc/init or /bin/init on /dev/vda"
check "and so says kindling check" says 0 'boots on q35-virtio \(minix\)' --root "$MADE/minix-plain.img" --rootfstype minix
fails "and not without" "root=/dev/vda" "$MADE/minix-plain.img" -- \
    "cannot mount /dev/vda: there is nothing known on it, and no file system that kindling knows"
check "and so says kindling check of that" says 2 'nothing that /init knows lies on' --root "$MADE/minix-plain.img"

# What lies on the root decides, whatever is said of it.
image unquoted -p minimal -f virtio -m ext4,crypto-crc32c
fails "ext4 with quotas, read-write, without their format" "root=/dev/vda rw" "$MADE/ext4-quota.img" -- \
    "cannot mount /dev/vda as ext4: No such process"
boots "read-only it is mounted" "root=/dev/vda" "$MADE/ext4-quota.img" -- "real-root: root /dev/vda ext4 ro,"
check "kindling check warns" says 0 'warning: .*mounted read-write, ext4 \(which asks for quota_v2\) wants quota_v2, which kernel .* has, but this image has not' \
    --root "$MADE/ext4-quota.img"
says_nothing_of() {
    ! "$KINDLING" check --machine q35-virtio --root "$2" "$IMAGE" 2>&1 | grep "$1"
}
check "of an ext4 without quotas nothing is said" says_nothing_of quota "$UNQUOTED"
check "rootfstype= that is not true is of no use" says 0 'boots on q35-virtio \(ext4\)' --root "$MADE/ext4-quota.img" --rootfstype xfs
image unquoted-rw -p minimal -f virtio -m ext4,crypto-crc32c --cmdline rw
fails "with a rw that the image has baked in" "root=/dev/vda" "$MADE/ext4-quota.img" -- \
    "cannot mount /dev/vda as ext4: No such process"
check "which kindling check knows" says 1 'does not boot on q35-virtio: ext4 \(which asks for quota_v2\) wants quota_v2' \
    --root "$MADE/ext4-quota.img"

# Nor any other checksum than the one that every btrfs asks for.
DISK=$MADE/btrfs-xxhash.img
once "$DISK" made_by_mkfs 128M "mkfs.btrfs -q --csum xxhash" "$DISK"
image unhashed -p minimal -f virtio -m btrfs,crypto-crc32c
fails "btrfs without its checksum's module" "root=/dev/vda" "$DISK" -- "cannot mount /dev/vda as btrfs"
check "which kindling check knows too" says 1 'does not boot on q35-virtio: btrfs \(which asks for crypto-xxhash64\) wants xxhash_generic' \
    --root "$DISK"
IMAGE=$GENERIC

# A hybrid image on a disk: its first partition begins where the disk does.
disk iso-hybrid -t iso9660 -p none -L HYBRID
boots "iso9660 on the whole disk" "root=LABEL=HYBRID" "$DISK" -- "real-root: root /dev/vda iso9660 ro,"

done_testing
