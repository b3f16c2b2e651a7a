#!/bin/bash
# Roots on what the firmware of ATA controllers calls a RAID, of which this system's dmraid makes a device.
. "$(dirname "$0")/../lib.sh"
. tests/boot/stacks.sh
PATH=$PATH:/usr/sbin:/sbin

use_kernel cloud
image dmraid -f dmraid

# raid FORMAT LEVEL [FILE]: DISKS, two of them, four for 10, with the disk FILE, or that of the last call, on them.
raid() {
    local file=${3:-$DISK} recipe one number
    recipe="$(recipe '' tests/boot/stacks/mkataraid "$1" "$2" "$file")"
    named_after one "ata-raid-$1-$2" "$recipe"
    made_by "$recipe" "$one" make_raid "$1" "$2" "$file" "$one"
    DISKS=()
    for number in "$one".[1-9]; do
        DISKS+=("$number,bus=virtio-scsi,serial=number-${number##*.}")
    done
}

make_raid() {
    local disks=("$4.1" "$4.2")
    [ "$2" != 10 ] || disks+=("$4.3" "$4.4")
    tests/boot/stacks/mkataraid "$1" "$2" "$3" "${disks[@]}" && : >"$4"
}

disk on-dmraid -t ext4 -p mbr -L on-dmraid
UUID=$(blkid -p -O $((2048 * 512)) -s UUID -o value "$DISK")
raid silicon 1
MIRROR=("${DISKS[@]}")
boots "Silicon Image's mirror" "root=UUID=$UUID rw rd.info" "${MIRROR[@]}" -- \
    "the firmware's RAID set sil_" "real-root: root /dev/dm-1 ext4 rw,"
SET=$(grep -ao 'RAID set sil_[a-z]*' "$LOG" | head -n 1 | cut -d ' ' -f 3)
for format in nvidia promise via; do
    raid $format 1
    boots "a mirror of $format" "root=UUID=$UUID rw" "${DISKS[@]}" -- "real-root: root /dev/dm-1 ext4 rw,"
done
boots "by its name in /dev/mapper, which is found as the others are" "root=/dev/mapper/${SET}1 rw" "${MIRROR[@]}" -- "real-root: root /dev/dm-1 ext4 rw,"
boots "the set that is named" "root=UUID=$UUID rd.dm.uuid=nvidia_x rd.dm.uuid=$SET" "${MIRROR[@]}" -- "real-root: root /dev/dm-1 ext4 ro,"
fails "another is named" "root=UUID=$UUID rd.dm.uuid=nvidia_x rd.info rd.timeout=5" "${MIRROR[@]}" -- \
    "is a disk of the set $SET, which rd.dm.uuid= does not name"
fails "a disk of a mirror is missing" "root=UUID=$UUID rootfstype=ext4 rd.timeout=5" "${MIRROR[0]}" -- \
    "it is a disk of the firmware's RAID (Silicon Image), of which 1 of 2 have come, without disk 1, counted from 0: rd.dm.degraded=SECONDS starts a mirror without it"
boots "a mirror is made all the same where somebody says so" "root=UUID=$UUID rd.dm.degraded=2" "${MIRROR[1]}" -- \
    "degraded: only 1 of 2 disks have come, without disk 0" "real-root: root /dev/dm-1 ext4 ro,"
boots "disks that are of no RAID any more" "root=UUID=$UUID nodmraid" "${MIRROR[0]}" -- "real-root: root /dev/sda1 ext4 ro,"
check "dmraid is not asked" log_lacks "program dmraid"
boots "the same, by another word" "root=UUID=$UUID rd.dm=0" "${MIRROR[0]}" -- "real-root: root /dev/sda1 ext4 ro,"
for format in silicon nvidia promise via; do
    raid $format 0
    boots "a stripe of $format" "root=UUID=$UUID rw" "${DISKS[@]}" -- "real-root: root /dev/dm-1 ext4 rw,"
done
raid nvidia 10
boots "a mirror of stripes, which hold the same" "root=UUID=$UUID rw" "${DISKS[@]}" -- "real-root: root /dev/dm-3 ext4 rw,"
raid via 0
fails "a disk of a stripe is missing" "root=UUID=$UUID rd.dm.degraded=1 rd.timeout=5" "${DISKS[1]}" -- \
    "it is a disk of the firmware's RAID (VIA), of which 1 of 2 have come, without disk 0, counted from 0"

# in_extended FILE FROM: the same file system in a logical partition.
in_extended() {
    cp --sparse=always "$2" "$1" && printf 'label: dos\n1: start=64, type=5\n5: start=2048, type=83\n' | sfdisk -q --no-tell-kernel "$1"
}
once "$MADE/logical-on-dmraid.img" in_extended "$MADE/logical-on-dmraid.img" "$DISK"
raid nvidia 0 "$MADE/logical-on-dmraid.img"
boots "a logical partition of a stripe" "root=UUID=$UUID rd.info" "${DISKS[@]}" -- "real-root: root /dev/dm-1 ext4 ro,"
disk gpt-on-dmraid -t ext4 -p gpt -L gpt-on-dmraid
raid promise 0
boots "a GPT" "root=LABEL=gpt-on-dmraid" "${DISKS[@]}" -- "real-root: root /dev/dm-1 ext4 ro,"

image no-dmraid -f layers
fails "an image without dmraid" "root=UUID=$UUID rootfstype=ext4 rd.timeout=5" "${MIRROR[@]}" -- \
    "is a disk of the firmware's RAID (Silicon Image), and this image has no dmraid to put it together: kindling build -f dmraid"
image no-program
fails "a leg by the name of its partition, in an image that has no program at all" "root=/dev/sda1 rw rd.timeout=5" "${MIRROR[@]}" -- \
    "is a disk of the firmware's RAID (Silicon Image)"
done_testing
