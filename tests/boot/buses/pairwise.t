#!/bin/bash
# Every bus with every file system, every bus with every kind of name, every file system with every kind of name: the
# third of each pair goes round, so that thirty boots show all pairs.
. "$(dirname "$0")/../lib.sh"

use_kernel generic
image generic -p generic
MACHINE=q35
BUSES=(virtio virtio-scsi nvme ahci usb uas)
TYPES=(ext4 xfs btrfs f2fs ext2)
NAMES=(UUID LABEL PARTUUID PARTLABEL by-uuid)

# The file system's own UUID, as blkid tells it.
uuid_of() {
    PATH=$PATH:/usr/sbin:/sbin blkid -p -O 1048576 -s UUID -o value "$1"
}

# spec_of NAME TYPE DISK: root= for it.
spec_of() {
    case $1 in
        UUID) echo "UUID=$(uuid_of "$3")" ;;
        LABEL) echo "LABEL=pair-$2" ;;
        PARTUUID) echo "PARTUUID=7c7c7c7c-2222-4222-8333-0123456789ab" ;;
        PARTLABEL) echo "PARTLABEL=part-$2" ;;
        by-uuid) echo "/dev/disk/by-uuid/$(uuid_of "$3")" ;;
    esac
}

for t in "${!TYPES[@]}"; do
    type=${TYPES[$t]}
    disk "pair-$type" -t "$type" -p gpt -L "pair-$type" --part-uuid 7c7c7c7c-2222-4222-8333-0123456789ab --part-name "part-$type"
    for b in "${!BUSES[@]}"; do
        name=${NAMES[$(((t + b) % ${#NAMES[@]}))]}
        boots "${BUSES[$b]}, $type, $name" "root=$(spec_of "$name" "$type" "$DISK")" "$DISK,bus=${BUSES[$b]}" -- \
            " $type ro," "real-root: done"
    done
done

done_testing
