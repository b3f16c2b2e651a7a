#!/bin/bash
# Roots on bcache: with its cache, without one, without the one that it has, and below LVM.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image bcache -f bcache,lvm

BEGIN="$(carried make-bcache)
modprobe bcache
"
# What the kernel has registered it lets go of in the background.
# shellcheck disable=SC2016 # The factory's shell expands it.
END='
echo 1 >/sys/block/bcache0/bcache/stop
while [ -e /sys/block/bcache0 ]; do sleep 1; done
for set in /sys/fs/bcache/*-*; do [ ! -e "$set" ] || echo 1 >"$set/stop"; done
while ls -d /sys/fs/bcache/*-* 2>/dev/null; do sleep 1; done
'
stack bcache 2 "$BEGIN
/tmp/make-bcache --writeback -B /dev/vda -b 64k -C /dev/vdb
echo /dev/vda >/sys/fs/bcache/register_quiet
echo /dev/vdb >/sys/fs/bcache/register_quiet
while [ ! -e /sys/block/bcache0/bcache/cache ]; do sleep 1; done
[ -e /dev/bcache0 ]
fill /dev/bcache0 -L cached -U 6b6b6b6b-3333-4222-8333-0123456789ab
$END"
CACHED=("${DISKS[@]}")
for root in UUID=6b6b6b6b-3333-4222-8333-0123456789ab LABEL=cached /dev/bcache0; do
    boots "a disk with its cache, by $root" "root=$root rw" "${CACHED[@]}" -- "real-root: root /dev/bcache0 ext4 rw,"
done
boots "the cache before the disk" "root=LABEL=cached" "${CACHED[1]}" "${CACHED[0]}" -- "real-root: root /dev/bcache0 ext4 ro,"
fails "without its cache" "root=LABEL=cached rd.timeout=2" "${CACHED[0]}" -- \
    "/dev/vda is the disk of a bcache whose cache has not come"
fails "without its disk" "root=LABEL=cached rd.timeout=2" "${CACHED[1]}" -- "no device is root=LABEL=cached"

disk beside -t ext4 -p none -L beside
boots "a root beside it, by its name" "root=/dev/vda" "$DISK" "${CACHED[@]}" -- "real-root: root /dev/vda ext4"
check "lets it be" log_lacks "bcache: "

stack bcache-alone 1 "$BEGIN
/tmp/make-bcache -B /dev/vda
echo /dev/vda >/sys/fs/bcache/register_quiet
while [ ! -e /dev/bcache0 ]; do sleep 1; done
fill /dev/bcache0 -L alone
$END"
boots "a disk that has no cache yet" "root=LABEL=alone" "${DISKS[@]}" -- "real-root: root /dev/bcache0 ext4 ro,"

stack bcache-lvm 2 "$BEGIN
/tmp/make-bcache -B /dev/vda -b 64k -C /dev/vdb
echo /dev/vda >/sys/fs/bcache/register_quiet
echo /dev/vdb >/sys/fs/bcache/register_quiet
while [ ! -e /sys/block/bcache0/bcache/cache ]; do sleep 1; done
lvm pvcreate -q /dev/bcache0
lvm vgcreate -q vg0 /dev/bcache0
lvm lvcreate -q -W n -Z n -n root -l 100%FREE vg0
fill /dev/vg0/root -L volume
lvm vgchange -an vg0
$END"
boots "a volume group on it" "root=/dev/vg0/root" "${DISKS[@]}" -- "real-root: root /dev/dm-0 ext4 ro,"

# What check says beforehand, and a boot without the module.
image no-bcache -f lvm
checks() {
    ! "$KINDLING" check "$IMAGE" --machine q35-virtio --root "${CACHED[0]}" 2>"$LOGS/bcache-check" || return 1
    grep -qF -- "bcache (which asks for bcache) wants bcache, which kernel $KVER has, but this image has not" "$LOGS/bcache-check" || { cat "$LOGS/bcache-check" && return 1; }
}
check "check names the feature that is missing" checks
fails "an image without the module" "root=LABEL=cached rd.timeout=2" "${CACHED[@]}" -- \
    "/dev/vda is a device of bcache, which the kernel does not know: kindling build -f bcache"
done_testing
