#!/bin/bash
# Roots on what the firmware of ATA controllers calls a RAID, of which this system's dmraid makes a device.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
image dmraid -f dmraid

# raid FORMAT LEVEL [FILE]: DISKS, two of them, with the disk FILE, or that of the last call, on them.
raid() {
    local file=${3:-$DISK} recipe one
    recipe="$(recipe '' tests/boot/stacks/mkataraid "$1" "$2" "$file")"
    named_after one "ata-raid-$1-$2" "$recipe"
    made_by "$recipe" "$one" make_raid "$1" "$2" "$file" "$one"
    DISKS=("$one.1,bus=virtio-scsi,serial=one" "$one.2,bus=virtio-scsi,serial=two")
}

make_raid() {
    tests/boot/stacks/mkataraid "$1" "$2" "$3" "$4.1" "$4.2" && : >"$4"
}

disk on-dmraid -t ext4 -p mbr -L on-dmraid
UUID=$(blkid -p -O $((2048 * 512)) -s UUID -o value "$DISK")
raid silicon 1
MIRROR=("${DISKS[@]}")
boots "Silicon Image's mirror" "root=UUID=$UUID rw rd.info" "${MIRROR[@]}" -- \
    "the firmware's RAID set sil_" "real-root: root /dev/dm-1 ext4 rw,"
for format in nvidia promise via; do
    raid $format 1
    boots "a mirror of $format" "root=UUID=$UUID rw" "${DISKS[@]}" -- "real-root: root /dev/dm-1 ext4 rw,"
done
for format in silicon nvidia promise via; do
    raid $format 0
    boots "a stripe of $format" "root=UUID=$UUID rw" "${DISKS[@]}" -- "real-root: root /dev/dm-1 ext4 rw,"
done
done_testing
