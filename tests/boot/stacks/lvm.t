#!/bin/bash
# Roots on logical volumes of other types, of groups that are not as they should be, and of volumes within others.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
image lvm-thin -f lvm-thin

STACK_SIZE=128M
stack types 2 '
lvm pvcreate -q /dev/vda /dev/vdb
lvm vgcreate -q -s 1m mixed /dev/vda /dev/vdb
modprobe dm-raid
lvm lvcreate -q -W n -Z n --type raid1 -m 1 --nosync -n mirror -L 16m mixed
lvm lvcreate -q --type thin-pool -n pool -L 24m mixed /dev/vda
lvm lvcreate -q -V 24m -T mixed/pool -n thin
lvm lvcreate -q -W n -Z n -n origin -L 16m mixed /dev/vda
fill /dev/mixed/mirror -L mirror
fill /dev/mixed/thin -L thin
fill /dev/mixed/origin -L origin
lvm lvcreate -q -s -n snap -L 8m mixed/origin /dev/vda
lvm lvcreate -q -s -n before mixed/thin
lvm vgchange -q -a n mixed
'
TYPES=("${DISKS[@]}")
boots "a mirror" "root=LABEL=mirror" "${TYPES[@]}" -- "real-root: root /dev/dm-"
boots "a mirror that lacks a disk" "root=/dev/mixed/mirror" "${TYPES[1]}" -- "real-root: root /dev/dm-"
boots "a thin volume" "root=/dev/mixed/thin show=/run/initramfs/log" "${TYPES[@]}" -- "real-root: root /dev/dm-" "unpack pdata_tools"
boots "a snapshot in its pool, which is activated only by its name" "root=/dev/mixed/before" "${TYPES[@]}" -- "real-root: root /dev/dm-"
boots "a volume that has snapshots, by its path" "root=/dev/mixed/origin" "${TYPES[@]}" -- "real-root: root /dev/dm-"
boots "a volume that has snapshots, by its label" "root=LABEL=origin rw" "${TYPES[@]}" -- "real-root: root /dev/dm-" " ext4 rw,"
boots "a snapshot" "root=/dev/mixed/snap" "${TYPES[@]}" -- "real-root: root /dev/dm-"

STACK_SIZE=64M
stack exported 1 '
lvm pvcreate -q /dev/vda
lvm vgcreate -q gone /dev/vda
lvm lvcreate -q -W n -Z n -n root -L 20m gone
fill /dev/gone/root -L gone
lvm vgchange -q -a n gone
lvm vgexport -q gone
'
fails "an exported group" "root=/dev/gone/root rd.timeout=10" "${DISKS[@]}" -- \
    "kindling: lvm cannot activate gone/root: the volume group is exported, see vgimport(8)"

stack foreign 1 '
lvm pvcreate -q /dev/vda
lvm vgcreate -q theirs /dev/vda
lvm lvcreate -q -W n -Z n -n root -L 20m theirs
fill /dev/theirs/root -L theirs
lvm vgchange -q -a n theirs
lvm vgchange -q --yes --systemid elsewhere theirs
'
fails "a foreign group" "root=/dev/theirs/root rd.timeout=10" "${DISKS[@]}" -- \
    "kindling: lvm cannot activate theirs/root: the volume group belongs to the system elsewhere, see lvmsystemid(7)"

stack plain 1 '
lvm pvcreate -q /dev/vda
lvm vgcreate -q vg /dev/vda
lvm lvcreate -q -W n -Z n -n root -L 20m vg
lvm lvcreate -q -W n -Z n -n usr -L 20m vg
fill /dev/vg/root -L first
fill /dev/vg/usr
mkdir /tmp/root
mount -t ext4 /dev/vg/root /tmp/root
mkdir /tmp/root/usr
umount /tmp/root
lvm vgchange -q -a n vg
'
FIRST=("${DISKS[@]}")
boots "/usr on another volume of the group" "root=/dev/vg/root mount.usr=/dev/vg/usr rd.info" "${FIRST[@]}" -- \
    "kindling: the logical volume vg/usr is active" "kindling: mounted /dev/dm-1 as ext4" "real-root: root /dev/dm-0 ext4"
fails "a copy of its disk beside it" "root=/dev/vg/root rd.timeout=10" "${FIRST[0]}" "${FIRST[0]}" -- \
    "kindling: lvm cannot activate vg/root: /dev/vda and /dev/vdb are copies of one physical volume, "
stack namesake 1 '
lvm pvcreate -q /dev/vda
lvm vgcreate -q vg /dev/vda
lvm lvcreate -q -W n -Z n -n root -L 24m vg
fill /dev/vg/root -L second
lvm vgchange -q -a n vg
'
fails "two groups of one name" "root=/dev/vg/root rd.timeout=10" "${FIRST[0]}" "${DISKS[0]}" -- \
    "kindling: lvm cannot activate vg/root: there is another volume group of that name, with /dev/vdb: "

stack nested 1 '
lvm pvcreate -q /dev/vda
lvm vgcreate -q -s 1m outer /dev/vda
lvm lvcreate -q -W n -Z n -n disk -L 50m outer
lvm pvcreate -q /dev/outer/disk
lvm vgcreate -q -s 1m inner /dev/outer/disk
lvm lvcreate -q -W n -Z n -n root -L 24m inner
fill /dev/inner/root -L nested
lvm vgchange -q -a n inner
lvm vgchange -q -a n outer
'
boots "a group within another" "root=LABEL=nested" "${DISKS[@]}" -- "real-root: root /dev/dm-"
done_testing
