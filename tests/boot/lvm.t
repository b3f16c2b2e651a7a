#!/bin/bash
# A root on logical volumes: found with no option given, only what is needed of them activated.
. "$(dirname "$0")/lib.sh"
. tests/boot/stacks.sh

use_kernel cloud
image lvm -f lvm

stack linear 1 '
lvm pvcreate -q /dev/vda
lvm vgcreate -q -s 1m vg-0 /dev/vda
lvm lvcreate -q -W n -Z n -n my-root -L 20m vg-0
lvm lvcreate -q -W n -Z n -n other -L 20m vg-0
fill /dev/vg-0/my-root -L in-lvm -U 6b6b6b6b-1111-4222-8333-0123456789ac
fill /dev/vg-0/other -L other
lvm vgchange -q -a n vg-0
'
boots "by the volume's path" "root=/dev/vg-0/my-root rd.info" "${DISKS[@]}" -- \
    "kindling: the logical volume vg-0/my-root is active" "real-root: root /dev/dm-0 ext4 ro,"
check "and no other volume" log_lacks "vg-0/other"
boots "by UUID" "root=UUID=6b6b6b6b-1111-4222-8333-0123456789ac rd.info rw" "${DISKS[@]}" -- "real-root: root /dev/dm-"
done_testing
