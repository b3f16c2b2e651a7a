#!/bin/bash
# A disk that answers while the kernel looks for its partitions, and then never again, beside one that is whole.
. "$(dirname "$0")/lib.sh"

UUID=6b6b6b6b-1111-4222-8333-0123456789ab
use_kernel cloud
image vm
disk ext4-gpt -t ext4 -p gpt -L kindling-root -U $UUID

# QEMU lets 64 KiB pass, and after that a byte a second; the kernel reads 20 for the partitions, /init 68 at the beginning
# and 128 at the end.
whole=$DISK
disk ext4-gpt-other -t ext4 -p gpt -L other-root -U 6b6b6b6b-2222-4222-8333-0123456789ab
RUN_OPTIONS=(-- -drive "if=none,id=silent,format=raw,snapshot=on,file=$DISK,throttling.bps-read=1,throttling.bps-read-max=65536"
    -device "virtio-blk-pci,drive=silent")
DISK=$whole
boots "a disk that never answers, beside the root" "root=UUID=$UUID rd.timeout=10" "$DISK" -- \
    "kindling: /dev/vdb has not answered for 10 s: going on without it" "real-root: root /dev/vda1 ext4 ro,"
fails "and no root" "root=LABEL=other rd.timeout=3" "$DISK" -- "kindling: /dev/vdb has not answered for 10 s: going on without it" \
    "/dev/vdb: cannot be read: " "kindling: no device is root=LABEL=other"
boots "a root that is named by its path waits for no other disk" "root=/dev/vda1 rd.info" "$DISK" -- "real-root: done"
check "nor reads it" log_lacks "has not answered"

done_testing
