#!/bin/bash
# Boots that cannot succeed: each ends in its time, with a sentence and the line for machines, and without a shell.
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image vm
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U 6b6b6b6b-1111-4222-8333-0123456789ab
PARTUUID=$(sfdisk --part-uuid "$DISK" 1)

# A fixture is the two ends of a device whose size stands in the list beside it.
gunzip_fixture() {
    local size
    size=$(awk -v name="$1" '$1 == name { print $2 }' tests/data/superblock/list)
    truncate -s "$size" "$2" && zcat "tests/data/superblock/$1.gz" >"$2.ends" &&
        dd if="$2.ends" of="$2" bs=1K count=68 conv=notrunc status=none &&
        dd if="$2.ends" of="$2" bs=1K skip=68 seek=$((size / 1024 - 128)) conv=notrunc status=none
}

fails "no device has the UUID" "root=UUID=00000000-dead-4bad-8bad-000000000000 rd.timeout=10" "$DISK" -- \
    "kindling: no device is root=UUID=00000000-dead-4bad-8bad-000000000000: none of those seen within 10 s has that name" \
    "/dev/vda1: an ext4 file system, UUID=6b6b6b6b-1111-4222-8333-0123456789ab, LABEL=kindling-root, PARTUUID=${PARTUUID,,}" \
    'kindling: failed step=root object="UUID=00000000-dead-4bad-8bad-000000000000" reason="not found"'
fails "no disk at all" "root=/dev/vda1 rd.timeout=1" -- "kindling: no block device was seen"
check "a floppy's controller is not advised" log_lacks "floppy"
RUN_OPTIONS=(-- -device virtio-scsi-pci)
fails "no disk behind a controller that is driven" "root=/dev/sda1 rd.timeout=6" -- \
    "kindling: no block device was seen: no disk came behind the controllers that have a driver, " "virtio0 (virtio_scsi)"
RUN_OPTIONS=()
fails "the root would be mounted noexec" "root=/dev/vda1 rootflags=noexec" "$DISK" -- \
    "kindling: the root is mounted noexec, by rootflags= or its fstab: its init could not be started"
fails "a root of an unknown form" "root=gopher://disk" "$DISK" -- \
    "kindling: root=gopher://disk is no form of a device that kindling knows"
fails "init= is not there" "root=/dev/vda1 init=/sbin/missing" "$DISK" -- \
    "kindling: the root's /sbin/missing cannot be started: No such file or directory"
fails "init= is not executable" "root=/dev/vda1 init=/etc/passwd" "$DISK" -- "kindling: the root's /etc/passwd cannot be started: Permission denied"
fails "an option that the root's file system does not know" "root=/dev/vda1 rootflags=noatime,nosuch=1,x" "$DISK" -- \
    "kindling: cannot mount /dev/vda1 as ext4 with nosuch=1,x: Invalid argument"
fails "the root is not a file system" "root=/dev/vda" "$DISK" -- "kindling: cannot mount /dev/vda: there is nothing known on it"

# What is on the disk is told by its name: fixtures of real containers and members.
for kind in "luks2:a LUKS" "lvm2:an LVM2" "md-1.2:a" "swap:swap space" "zfs:a"; do
    once "$MADE/${kind%%:*}.img" gunzip_fixture "${kind%%:*}" "$MADE/${kind%%:*}.img"
    fails "${kind%%:*} is no file system" "root=/dev/vda" "$MADE/${kind%%:*}.img" -- \
        "kindling: cannot mount /dev/vda: there is ${kind#*:}"
done

# A member whose file system shows through, and wants its journal replayed: nothing is written, whatever rootfstype= says.
raid_leg() {
    mke2fs -q -F -t ext4 "$1" 8000k && debugfs -w -R "feature needs_recovery" "$1" 2>/dev/null && truncate -s 8M "$1" &&
        zcat tests/data/superblock/md-1.0.gz | tail -c 128K | dd of="$1" bs=128K seek=63 conv=notrunc status=none
}
once "$MADE/raid-leg.img" raid_leg "$MADE/raid-leg.img"
cp "$MADE/raid-leg.img" "$MADE/raid-leg-kept.img"
SNAPSHOT=''
for words in ro rw "rw fsck.mode=skip"; do
    fails "one leg of an array, rootfstype=ext4 $words" "root=/dev/vda rootfstype=ext4 $words" "$MADE/raid-leg.img" -- \
        "kindling: cannot mount /dev/vda: there is a member of an md RAID array on it (ember:root, UUID=9d23c5e3-"
    check "no byte was written ($words)" cmp "$MADE/raid-leg.img" "$MADE/raid-leg-kept.img"
done
SNAPSHOT=--snapshot

# The same of what other stacks stand on: an ext4 was there before, and all of its superblock is left.
stale_ext4() {
    mke2fs -q -F -t ext4 "$2" 8M && debugfs -w -R "feature needs_recovery" "$2" 2>/dev/null &&
        zcat "tests/data/superblock/$1.gz" | dd of="$2" bs=1024 count=1 iflag=fullblock conv=notrunc status=none
}
SNAPSHOT=''
for kind in "luks1:a LUKS" "lvm2:an LVM2"; do
    member=$MADE/stale-${kind%%:*}.img
    once "$member" stale_ext4 "${kind%%:*}" "$member"
    cp "$member" "$member.kept"
    fails "${kind%%:*}, rootfstype=ext4" "root=/dev/vda rootfstype=ext4 rw" "$member,format=raw" -- \
        "kindling: cannot mount /dev/vda: there is ${kind#*:}"
    check "no byte was written (${kind%%:*})" cmp "$member" "$member.kept"
done
SNAPSHOT=--snapshot

cut_off() {
    mke2fs -q -F -t ext4 "$1" 8M && truncate -s 7M "$1"
}
once "$MADE/cut-off.img" cut_off "$MADE/cut-off.img"
fails "a disk that was cut off" "root=/dev/vda" "$MADE/cut-off.img" -- \
    "kindling: an ext4 file system of 8388608 bytes is on /dev/vda, which has 7340032: the disk was cut off, or its partition made smaller"

once "$MADE/empty" mkdir -p "$MADE/empty"
once "$MADE/empty.img" qemu/mkdisk -t ext4 -p none -s 16M "$MADE/empty.img" "$MADE/empty"
fails "a file system without an init" "root=/dev/vda" "$MADE/empty.img" -- \
    "kindling: there is no /sbin/init, /etc/init or /bin/init on /dev/vda: is it the root file system?"

done_testing
