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

# What kindling check says of an image without a pool's module: so it is.
without_pools() {
    rm -rf "$1" && mkdir -p "$1/kindling/modules.d" && sed 's/ dm-thin-pool//' modules.d/lvm >"$1/kindling/modules.d/lvm"
}
once "$MADE/lvm-without-pools" without_pools "$MADE/lvm-without-pools"
check "the image for them" grep -q 'boots on q35-virtio' <("$KINDLING" check --machine q35-virtio --root "${TYPES[0]}" "$IMAGE" 2>&1)
KINDLING_ETC=$MADE/lvm-without-pools image lvm-without-pools -f lvm
check "one without pools" grep -q 'LVM2_member (which asks for dm-thin-pool) wants dm_thin_pool, which kernel' \
    <("$KINDLING" check --machine q35-virtio --root "${TYPES[0]}" "$IMAGE" 2>&1)
fails "a thin volume" "root=/dev/mixed/thin rd.timeout=10" "${TYPES[@]}" -- "kindling: lvm cannot activate mixed/thin"
image lvm-thin -f lvm-thin

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

# Volumes that do not need the disk that is missing, in a group that is as simple as most.
stack spread 2 '
lvm pvcreate -q /dev/vda /dev/vdb
lvm vgcreate -q -s 1m spread /dev/vda /dev/vdb
lvm lvcreate -q -W n -Z n -n here -L 20m spread /dev/vda
lvm lvcreate -q -W n -Z n -n there -L 20m spread /dev/vdb
fill /dev/spread/here -L here
fill /dev/spread/there -L there
lvm vgchange -q -a n spread
'
for root in /dev/spread/here LABEL=here; do
    boots "half of a group: $root" "root=$root rd.info" "${DISKS[0]}" -- "real-root: root /dev/dm-0 ext4"
    check "by /init itself" log_lacks "program lvm" "spread/there is"
done
fails "the other half" "root=LABEL=there rd.timeout=4" "${DISKS[0]}" -- \
    "in /dev/vda is a physical volume of the volume group spread, which lacks 1 of 2: uuid "

STACK_SIZE=96M
stack caches 2 '
modprobe -a dm-cache dm-cache-smq dm-writecache
lvm pvcreate -q /dev/vda /dev/vdb
lvm vgcreate -q -s 1m cached /dev/vda /dev/vdb
lvm lvcreate -q -W n -Z n -n root -L 20m cached /dev/vda
lvm lvcreate -q -W n -Z n -n second -L 20m cached /dev/vda
fill /dev/cached/root -L cached
fill /dev/cached/second -L writecached
lvm lvcreate -q --yes --type cache-pool -n fast -L 12m cached /dev/vdb
lvm lvconvert -q --yes --type cache --cachepool fast cached/root
lvm lvcreate -q -W n -Z n -n quick -L 16m cached /dev/vdb
lvm lvchange -q -a n cached/second cached/quick
lvm lvconvert -q --yes --type writecache --cachevol quick cached/second
lvm vgchange -q -a n cached
'
STACK_SIZE=64M
boots "a cached volume" "root=LABEL=cached rw" "${DISKS[@]}" -- "real-root: root /dev/dm-" " ext4 rw," "unpack pdata_tools"
boots "a volume with a cache of its writes" "root=/dev/cached/second rw" "${DISKS[@]}" -- "real-root: root /dev/dm-" " ext4 rw,"
fails "its cache is missing" "root=/dev/cached/second rd.timeout=5" "${DISKS[0]}" -- \
    "in /dev/vda is a physical volume of the volume group cached, which lacks 1 of 2: uuid "

# What the settings of the system say for which the image is.
# with_settings DIRECTORY LVM.CONF [DEVICES-FILE]: a template.
with_settings() {
    rm -rf "$1" && cp -r template "$1" && mkdir -p "$1/etc/lvm/devices" && echo "$2" >"$1/etc/lvm/lvm.conf" &&
        echo kindling-host >"$1/etc/hostname" || return
    [ -z "${3-}" ] || printf 'VERSION=1.1.1\nIDTYPE=devname IDNAME=/dev/vda DEVNAME=/dev/vda PVID=%s\n' "$3" >"$1/etc/lvm/devices/system.devices"
}
# settings NAME LVM.CONF [DEVICES-FILE]: IMAGE
settings() {
    once "$MADE/lvm-$1" with_settings "$MADE/lvm-$1" "${@:2}"
    image "lvm-$1" -f lvm --template "$MADE/lvm-$1"
}
stack ours 1 '
lvm pvcreate -q --uuid 0123ab-4567-89cd-0123-4567-89ef-0123gh --norestorefile /dev/vda
lvm vgcreate -q ours /dev/vda
lvm lvcreate -q -W n -Z n -n root -L 20m ours
fill /dev/ours/root -L ours
lvm vgchange -q -a n ours
lvm vgchange -q --yes --systemid kindling-host ours
'
OURS=("${DISKS[@]}")
settings uname 'global { system_id_source = "uname" }'
boots "a group of the system of this name" "root=/dev/ours/root" "${OURS[@]}" -- "real-root: root /dev/dm-0" "program lvm"
settings filter 'global { system_id_source = "uname" } devices { filter = [ "r|/dev/vda|" ] }'
fails "a disk that a filter leaves out" "root=/dev/vg/root rd.timeout=4" "${FIRST[@]}" -- \
    "kindling: lvm cannot activate vg/root: this image's settings for lvm, in /etc/lvm, say which disks and volumes count"
settings devices 'global { system_id_source = "uname" } devices { use_devicesfile = 1 }' 0123ab456789cd0123456789ef0123gh
boots "a disk that the devices file has" "root=/dev/ours/root" "${OURS[@]}" -- "real-root: root /dev/dm-0" "program lvm"
fails "one that it has not" "root=/dev/vg/root rd.timeout=4" "${FIRST[@]}" -- \
    "kindling: lvm cannot activate vg/root: this image's settings for lvm, in /etc/lvm, say which disks and volumes count"
image lvm-thin -f lvm-thin

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
