#!/bin/bash
# A disk that never answers, beside one that is whole: it answers while the kernel looks for its partitions, and then
# never again, or not even then, which holds up whoever loads its driver.
. "$(dirname "$0")/lib.sh"

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
use_kernel cloud
image vm
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U $UUID

# QEMU lets 64 KiB pass, and after that a byte a second; the kernel reads 20 for the partitions, /init 68 at the beginning
# and 128 at the end.
whole=$DISK
disk ext4-gpt-other -t ext4 -p gpt -L other-root -U 6b6b6b6b-2222-4222-8333-0123456789ab
silent=$DISK
RUN_OPTIONS=(-- -drive "if=none,id=silent,format=raw,snapshot=on,file=$DISK,throttling.bps-read=1,throttling.bps-read-max=65536"
    -device "virtio-blk-pci,drive=silent")
DISK=$whole
boots "a disk that never answers, beside the root" "root=UUID=$UUID rd.timeout=10" "$DISK" -- \
    "kindling: /dev/vdb has not answered for 10 s: going on without it" "real-root: root /dev/vda1 ext4 ro,"
fails "and no root" "root=LABEL=other rd.timeout=3" "$DISK" -- "kindling: /dev/vdb has not answered for 10 s: going on without it" \
    "/dev/vdb: cannot be read: " "kindling: no device is root=LABEL=other"
boots "a root that is named by its path waits for no other disk" "root=/dev/vda1 rd.info" "$DISK" -- "real-root: done"
check "nor reads it" log_lacks "has not answered"

# The kernel has read its partitions, 40 KiB in requests of 4, when it falls silent.
RUN_OPTIONS=(-- -drive "if=none,id=silent,format=raw,snapshot=on,file=$silent,throttling.bps-read=1,throttling.bps-read-max=38000"
    -device "virtio-blk-pci,drive=silent")
boots "one whose partition might be where a system sleeps" "root=/dev/vda1 rd.timeout=10" "$DISK" -- \
    " vdb: vdb1" "kindling: /dev/vdb has not answered for 10 s: going on without it" "real-root: done"

# two_disks DEVICE SILENT ...: in that order, SILENT or WHOLE, each a device of that kind.
two_disks() {
    local device=$1 which number=0
    shift
    RUN_OPTIONS=(--)
    [ "$device" != scsi-hd ] || RUN_OPTIONS+=(-device virtio-scsi-pci)
    for which; do
        number=$((number + 1))
        RUN_OPTIONS+=(-drive "if=none,id=disk$number,format=raw,snapshot=on,file=$which" -device "$device,drive=disk$number")
    done
}
never=$silent,throttling.bps-read=1
two_disks virtio-blk-pci "$never" "$whole" "$never"
boots "two that do not even answer the kernel, before the root and behind it" "root=UUID=$UUID rd.timeout=10" -- \
    "kindling: /dev/vda has not answered for 10 s: going on without it" \
    "kindling: /dev/vdc has not answered for 10 s: going on without it" "real-root: root /dev/vdb1 ext4 ro,"
two_disks virtio-blk-pci "$whole" "$never"
boots "the root by its path" "root=/dev/vda1 rd.timeout=10" -- "real-root: root /dev/vda1 ext4 ro,"
fails "and no root" "root=LABEL=other rd.timeout=3" -- "kindling: /dev/vdb has not answered for 10 s: going on without it" \
    "kindling: no device is root=LABEL=other"
two_disks scsi-hd "$never" "$whole"
boots "one of SCSI" "root=UUID=$UUID rd.timeout=10" -- \
    " has not answered for 10 s: going on without it" "real-root: root /dev/sd"

done_testing
